// Finds the records that say what a query asks for. Loaded with the first query; see engine.js.

const LONGEST = 24;
const MOST_BYTES = 43000; // of files for one query, as terms.gz expects them to be
const RESERVED = 26000; // of these, for what a misspelt word needs
const UNIT = 512; // of that file's sizes
const VOCABULARY = { name: "vocabulary.gz", cost: 21000 };
const WORTH = [2, 3, 4, 5, 8, 11, 16, 22, 32, 36, 40, 44, 48, 52]; // of each impact; see impacts.py
const WHOLE = [3, 0, 5, 0, 11, 0, 22, 0, 44, 48, 52]; // of a term's own, where it is the word asked for

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
    record += Math.floor(number / 16);
    const value = worth[number & 15];
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

// Whether a file is still to be had.
function spend({ name, cost }, left) {
  if (left.files.has(name)) return true;
  if (cost > left.bytes) return false;
  left.bytes -= cost;
  left.files.add(name);
  return true;
}

export class Index {
  #files;
  #size;
  #found = new Map(); // by beginning of a word: what each record is worth
  #known = null; // the words that a misspelt one may mean
  #lists = null; // where each file of terms begins, and each of prefixes
  #weights;

  constructor(files, size) {
    this.#files = files;
    this.#size = size;
  }

  // { words, corrected, passed, scores }: scores is null when there is no word in the text, else by record 0
  // or its rank. All words must be there, each the beginning of one in the record, but those `passed` over:
  // the last to be looked up, if the others take all that a query may.
  async resolve(text) {
    const asked = [...new Set(words(text))];
    if (!asked.length) return { words: [], corrected: {}, passed: [], scores: null };
    const { header, columns } = await this.#files.get("terms.gz");
    this.#lists ??= [header.terms, header.prefixes].map(frontCoded);
    this.#weights = columns;
    const found = new Map(); // by word: what is used for it, and what each record is worth
    const left = { bytes: MOST_BYTES, files: new Set() };
    const later = await this.#look(this.#wanted(asked), found, left, RESERVED);
    if (later.length) await this.#look(later, found, left, 0);
    const resolved = asked.filter((word) => found.has(word)).map((word) => [word, ...found.get(word)]);
    const scores = new Uint16Array(this.#size);
    resolved.forEach(([, , best], number) => {
      for (let i = 0; i < scores.length; i++) {
        scores[i] = best[i] && (scores[i] || number === 0) ? scores[i] + best[i] : 0;
      }
    });
    return {
      words: resolved.map(([, used]) => used),
      corrected: Object.fromEntries(resolved.filter(([word, used]) => used !== word)),
      passed: asked.filter((word) => !found.has(word)),
      scores,
    };
  }

  // What to look up, the most telling first. Of a run of CJK every second gram says nearly all.
  #wanted(asked) {
    const every = asked.flatMap((word) => {
      const terms = isCjk(word) ? grams(word) : [word];
      return terms.map((term, at) => ({ word, term, extra: at % 2 && at < terms.length - 1, ...this.#file(term) }));
    });
    return every.sort((one, other) => one.extra - other.extra || one.common - other.common || one.cost - other.cost);
  }

  // Looks up what can be afforded, and gives back the rest; some bytes are kept for misspelt words.
  async #look(wanted, found, left, reserved) {
    left.bytes -= reserved;
    const now = new Set(wanted.filter((each, place) => spend(each, left) || (!found.size && place === 0)));
    await Promise.all([...now].map(async ({ word, term }) => {
      const best = await this.#prefix(term);
      const [, before] = found.get(word) ?? [];
      found.set(word, [word, before ? best.map((value, i) => Math.min(value, before[i])) : best]);
    }));
    left.bytes += reserved;
    for (const word of new Set([...now].map((each) => each.word))) {
      if (isCjk(word) || found.get(word)[1].some((value) => value)) continue;
      const used = await this.#meant(word, left);
      if (!used) continue;
      if (spend(this.#file(used), left)) found.set(word, [used, await this.#prefix(used)]);
      else found.delete(word);
    }
    return wanted.filter((each) => !now.has(each));
  }

  // The one file that says who has a word that begins so: of terms, or of prefixes if these lie in several.
  #file(prefix) {
    const [terms, prefixes] = this.#lists;
    const first = place(terms, prefix);
    const common = Boolean(terms[first + 1]?.startsWith(prefix));
    const number = common ? place(prefixes, prefix) : first;
    const cost = (this.#weights[Number(common)][number] ?? 0) * UNIT;
    return { name: `${common ? "prefixes" : "terms"}/${number}.gz`, common, cost };
  }

  async #prefix(prefix) {
    if (this.#found.has(prefix)) return this.#found.get(prefix);
    const best = new Uint8Array(this.#size);
    const { name, common } = this.#file(prefix);
    for (const [term, postings] of this.#lists[0].length ? readTerms(await this.#files.get(name)) : []) {
      if (term === prefix) add(best, postings, common ? WORTH : WHOLE);
      else if (!common && term.startsWith(prefix)) add(best, postings, WORTH);
    }
    if (this.#found.size >= 32) this.#found.delete(this.#found.keys().next().value);
    this.#found.set(prefix, best);
    return best;
  }

  // The word that a misspelt one most likely means: fewest mistakes, then said by most records; a whole word
  // before the beginning of one.
  async #meant(word, left) {
    if (word.length < 3 || /\d/.test(word) || !spend(VOCABULARY, left)) return "";
    const { header, columns: [weights] } = await this.#files.get(VOCABULARY.name);
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
