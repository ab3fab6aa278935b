// Finds the records that say what a query asks for. Loaded with the first query; see engine.js.

const LONGEST = 24;
const MOST_WORDS = 10;
const BEGINS = [2, 4, 8, 16, 32, 36, 40]; // what a place is worth (postings.py): for a word that begins so,
const IS = [3, 5, 11, 22, 44, 48, 52]; // and for the word itself

// ------------------------------------------------------------------- words
// As skillmeat/site/search/words.py; both are tested against fold.json.

const LETTERS = {
  ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ħ: "h", ł: "l", ı: "i", ς: "σ",
};
const DROPPED =
  "\\u00ad\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a" +
  "\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff" +
  "\\u200b-\\u200f\\u2060-\\u2064\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f\\ufeff\\u{e0100}-\\u{e01ef}";
const CHANGED = new RegExp(`[${Object.keys(LETTERS).join("")}${DROPPED}]`, "gu");
const CJK =
  "[\\u3005-\\u3007\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3105-\\u312f\\u31a0-\\u31bf" +
  "\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\u{20000}-\\u{323af}]";
const OTHER = `(?!${CJK})[\\p{L}\\p{N}]`;
const RUN = new RegExp(`${CJK}+|${OTHER}(?:${OTHER}|\\p{M})*`, "gu");
const CJK_FIRST = new RegExp(`^${CJK}`, "u");

export function isCjk(word) {
  return CJK_FIRST.test(word);
}

export function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(CHANGED, (found) => LETTERS[found] ?? "").normalize("NFC");
}

export function words(text) {
  return (fold(text).match(RUN) ?? []).map((run) => (isCjk(run) ? run : [...run].slice(0, LONGEST).join("")));
}

export function grams(run) {
  const characters = [...run];
  return characters.length === 1 ? [run] : characters.slice(1).map((each, place) => characters[place] + each);
}

// ------------------------------------------------------------------- terms

function frontCoded(text) {
  let before = "";
  return text === "" ? [] : text.split("\n").map((line) => (before = before.slice(0, line.charCodeAt(0) - 48) + line.slice(1)));
}

function readTerms({ header, columns: [lengths, data] }) {
  let end = 0;
  const terms = frontCoded(header.terms).map((term, place) => [term, data.subarray(end, (end += lengths[place]))]);
  if (end !== data.length) throw new Error("terms without postings");
  return terms;
}

// The last place whose element is not after the term, or 0.
function place(sorted, term) {
  let low = 0;
  for (let high = sorted.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= term) low = middle;
    else high = middle;
  }
  return low;
}

// Raises what records that have a term are worth.
function add(best, postings, worth) {
  let record = 0;
  for (let at = 0; at < postings.length; ) {
    let number = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = postings[at++];
      number += (byte & 0x7f) * 2 ** shift;
      more = byte > 0x7f;
    }
    record += Math.floor(number / 8);
    const value = worth[number & 7];
    if (best[record] < value) best[record] = value;
  }
}

// Which letters a word has: two words of which one is n changes from the other differ in 2n at most.
function letters(word) {
  let bits = 0;
  for (let i = 0; i < word.length; i++) bits |= 1 << (word.charCodeAt(i) & 31);
  return bits;
}

function differing(one, other) {
  let count = 0;
  for (let bits = one ^ other; bits; bits &= bits - 1) count++;
  return count;
}

// Damerau-Levenshtein (two letters next to each other may change places), or more than `most`.
export function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [previous, before] = [[], Array.from({ length: other.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, previous[j - 2] + 1);
      }
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [previous, before] = [before, row];
  }
  return before[other.length];
}

export class Index {
  #files;
  #size;
  #found = new Map(); // by word: what each record is worth
  #known = null; // the words that a misspelt one may mean

  constructor(files, size) {
    this.#files = files;
    this.#size = size;
  }

  // { words, corrected, scores }: scores is null when there is no word in the text, else by record 0 or its
  // rank. All words must be there; each is the beginning of one in the record.
  async resolve(text) {
    const asked = [...new Set(words(text))].slice(0, MOST_WORDS);
    if (!asked.length) return { words: [], corrected: {}, scores: null };
    const resolved = await Promise.all(asked.map((word) => this.#word(word)));
    const scores = new Uint16Array(this.#size);
    resolved.forEach(({ best }, number) => {
      for (let i = 0; i < scores.length; i++) {
        scores[i] = best[i] && (scores[i] || number === 0) ? scores[i] + best[i] : 0;
      }
    });
    const corrected = resolved.flatMap(({ used }, number) => (used === asked[number] ? [] : [[asked[number], used]]));
    return { words: resolved.map(({ used }) => used), corrected: Object.fromEntries(corrected), scores };
  }

  async #word(word) {
    const best = await this.#worth(word);
    if (isCjk(word) || best.some((value) => value)) return { used: word, best };
    const used = await this.#meant(word);
    return used ? { used, best: await this.#worth(used) } : { used: word, best };
  }

  async #worth(word) {
    if (this.#found.has(word)) return this.#found.get(word);
    const parts = await Promise.all((isCjk(word) ? grams(word) : [word]).map((term) => this.#prefix(term)));
    const best = parts.reduce((all, part) => all.map((value, i) => Math.min(value, part[i])));
    if (this.#found.size >= 16) this.#found.delete(this.#found.keys().next().value);
    this.#found.set(word, best);
    return best;
  }

  async #prefix(prefix) {
    const { header } = await this.#files.get("terms.gz");
    const best = new Uint8Array(this.#size);
    if (!header.terms.length) return best;
    const first = place(header.terms, prefix);
    const common = header.prefixes.findIndex((prefixes) => prefixes.includes(prefix));
    let last = first;
    while (common < 0 && header.terms[last + 1]?.startsWith(prefix)) last++;
    const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const names = numbers.map((number) => `terms/${number}.gz`);
    if (common >= 0) names.push(`prefixes/${common}.gz`);
    const loaded = await Promise.all(names.map((name) => this.#files.get(name)));
    loaded.forEach((file, number) => {
      const union = number === numbers.length;
      for (const [term, postings] of readTerms(file)) {
        if (term === prefix) add(best, postings, union ? BEGINS : IS);
        else if (!union && common < 0 && term.startsWith(prefix)) add(best, postings, BEGINS);
      }
    });
    return best;
  }

  // The word that a misspelt one most likely means: fewest mistakes, then said by most records; a whole word
  // before the beginning of one.
  async #meant(word) {
    if (word.length < 3 || /\d/.test(word)) return "";
    const { header, columns: [weights] } = await this.#files.get("vocabulary.gz");
    this.#known ??= frontCoded(header.terms);
    const most = word.length > 7 ? 2 : 1;
    const own = letters(word);
    for (const begun of [false, true]) {
      let [used, cost] = ["", Infinity];
      this.#known.forEach((known, number) => {
        if (begun ? known.length <= word.length : Math.abs(known.length - word.length) > most) return;
        const term = begun ? known.slice(0, word.length) : known;
        if (differing(letters(term), own) > 2 * most) return;
        const steps = distance(word, term, most);
        if (steps > most || steps * 64 - weights[number] >= cost) return;
        [used, cost] = [term, steps * 64 - weights[number]];
      });
      if (used) return used;
    }
    return "";
  }
}
