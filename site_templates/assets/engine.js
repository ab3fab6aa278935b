// Facets, counts and search of the whole catalog, from the files below data/. No page: see browse.js.

const MAGIC = 0x31696d73; // "smi1"
const DAY = 86400000;
const PERIODS = [["1y", "Last year", 365], ["90d", "Last 90 days", 90], ["30d", "Last 30 days", 30]];
const OPERATOR = /(?:^|\s)(type|tags?|source|trust|collection|group|updated):(\S+)/giu;

// The data is missing, damaged, or of another build than the rest.
export class Unusable extends Error {}

const part = (name) => import(`./${name}.js${new URL(import.meta.url).search}`);

// ------------------------------------------------------------------- files

async function inflated(data) {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data; // the host or the browser has done it
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function unpacked(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error("it begins with something else");
  const length = view.getUint32(8, true);
  const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data.subarray(12, 12 + length)));
  let start = 12 + length;
  const columns = header.columns.map(([width, count]) => {
    start = (start + 3) & ~3;
    const bytes = data.subarray(start, (start += width * count));
    if (bytes.length < width * count) throw new Error("it is cut off");
    if (width === 1) return bytes;
    const column = new { 2: Uint16Array, 4: Uint32Array }[width](count);
    for (let place = 0; place < width; place++) {
      for (let i = 0; i < count; i++) column[i] |= bytes[place * count + i] << (8 * place);
    }
    return column;
  });
  return { order: view.getUint32(4, true), header, columns };
}

class Files {
  bytes = 0;
  #base;
  #held = new Map();
  #order;
  #version = "";

  constructor(base) {
    this.#base = base;
  }

  // The first file says which build the others must be of.
  async first(name) {
    const file = await this.get(name);
    this.#order = file.order;
    this.#version = file.header.version;
    return file;
  }

  get(name, priority = "auto") {
    if (!this.#held.has(name)) {
      const loading = this.#load(name, priority);
      this.#held.set(name, loading);
      loading.catch(() => this.#held.delete(name));
    }
    return this.#held.get(name);
  }

  async #load(name, priority) {
    const url = new URL(name, this.#base);
    if (this.#version) url.search = `v=${this.#version}`;
    try {
      const response = await fetch(url, { priority });
      if (!response.ok) throw new Error(`the host answers ${response.status}`);
      const data = new Uint8Array(await response.arrayBuffer());
      this.bytes += data.length;
      const file = unpacked(await inflated(data));
      if (this.#order !== undefined && file.order !== this.#order) throw new Error("it is of another build");
      return file;
    } catch (cause) {
      throw new Unusable(`${name} cannot be used: ${cause.message}`, { cause });
    }
  }
}

// ------------------------------------------------------------------ facets

// A facet holds the values of all records in a row: those of record i from starts[i] to starts[i + 1].
function facet(key, name, multiple, values, starts, ids) {
  const totals = new Uint32Array(values.length);
  for (const id of ids) {
    if (id >= values.length) throw new Unusable(`facets.gz cannot be used: ${key} has no value ${id}`);
    totals[id]++;
  }
  values.forEach((value, place) => (value.total = totals[place]));
  return { key, name, multiple, values, starts, ids, places: new Map(values.map(({ id }, place) => [id, place])) };
}

function single(key, name, values, column) {
  const starts = new Uint32Array(column.length + 1);
  const ids = new Uint16Array(column.length);
  let end = 0;
  for (let i = 0; i < column.length; i++) {
    if (column[i]) ids[end++] = column[i] - 1;
    starts[i + 1] = end;
  }
  return facet(key, name, false, values, starts, ids.subarray(0, end));
}

function several(key, name, values, lengths, ids) {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
  if (starts[lengths.length] !== ids.length) throw new Unusable(`facets.gz cannot be used: ${key} is cut off`);
  return facet(key, name, true, values, starts, ids);
}

function changedWithin(days, today) {
  const lengths = days.map((day) => (day ? PERIODS.filter(([, , most]) => today - day <= most).length : 0));
  const ids = [];
  for (const length of lengths) for (let i = 0; i < length; i++) ids.push(i);
  const values = PERIODS.map(([id, name, span]) => ({ id, name, days: span }));
  return several("updated", "Updated", values, lengths, Uint8Array.from(ids));
}

// A name that was left out because it follows from the slug; see cards.short.
function nameOf(slug, short) {
  if (short === "") return slug;
  return short ?? slug.split("-").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(" ");
}

function valueOf(entry) {
  const [id, name, color] = Array.isArray(entry) ? entry : [entry];
  return { id, name: nameOf(id, name), ...(color && { color }) };
}

function readFacets({ header, columns }, today) {
  const left = [...columns];
  const found = header.facets.map(({ key, name, multiple, values }) =>
    (multiple ? several : single)(key, name, values.map(valueOf), ...left.splice(0, multiple ? 2 : 1)));
  const [days, copies] = left;
  const source = found.find(({ key }) => key === "source");
  const level = new Uint8Array(header.size);
  for (let i = 0; i < header.size; i++) {
    if (source.starts[i + 1] > source.starts[i]) level[i] = header.trust_of[source.ids[source.starts[i]]];
  }
  const levels = header.trust.map(([id, name]) => ({ id, name }));
  found.splice(found.indexOf(source) + 1, 0, single("trust", "Trust", levels, level));
  found.push(changedWithin(days, today ?? days.reduce((most, day) => Math.max(most, day), 0)));
  if (found.some(({ starts }) => starts.length !== header.size + 1)) {
    throw new Unusable("facets.gz cannot be used: a column is of another length");
  }
  return { facets: found, days, sets: readCopies(copies) };
}

function readCopies(column) {
  const sets = [];
  for (let at = 0, before = 0; at < column.length; ) {
    const count = column[at++];
    const set = new Uint32Array(count);
    for (let i = 0; i < count; i++) set[i] = (i ? set[i - 1] : before) + column[at++];
    before = set[0];
    sets.push(set);
  }
  return sets;
}

function dayOf(date) {
  return date === undefined ? undefined : Math.floor(new Date(date).getTime() / DAY);
}

// ------------------------------------------------------------------ engine

class Engine {
  #files;
  #days;
  #sets; // of copies
  #setOf; // by record: 1 + its set, 0 for none
  #everything; // all records
  #grouped; // those in no set, then those of each set in a row
  #whole = {}; // what is counted when nothing is asked for, by whether copies are one row
  #hits; // the records that no active facet leaves out
  #near; // those, and the ones that a single facet does
  #perCard;
  #fails; // by record: how many of the active facets leave it out
  #failed; // by record: the last of them
  #orders = new Map();
  #cards = null;
  #known = null; // the cards, once they are here
  #index = null;
  #resolved = new Map();

  constructor(files, file, today) {
    const { facets, days, sets } = readFacets(file, today);
    this.#files = files;
    this.facets = facets;
    this.size = file.header.size;
    this.#days = days;
    this.#sets = sets;
    this.#perCard = file.header.per_card;
    this.#setOf = new Uint32Array(this.size);
    sets.forEach((set, place) => set.forEach((i) => (this.#setOf[i] = place + 1)));
    this.#everything = Uint32Array.from({ length: this.size }, (_, i) => i);
    const alone = this.#everything.filter((i) => !this.#setOf[i]);
    this.#grouped = Uint32Array.from([alone, ...sets].flatMap((part) => [...part]));
    this.#hits = new Uint32Array(this.size);
    this.#near = new Uint32Array(this.size);
    this.#fails = new Uint8Array(this.size);
    this.#failed = new Uint8Array(this.size);
  }

  get bytes() {
    return this.#files.bytes;
  }

  // All records that are the same thing as this one, itself among them.
  copiesOf(index) {
    return this.#setOf[index] ? [...this.#sets[this.#setOf[index] - 1]] : [index];
  }

  // The result, or null when something must be fetched for it first: then only `select` can tell.
  facetsOnly(state) {
    const asked = this.#asked(state);
    if (asked.text && !this.#resolved.has(asked.text)) return null;
    if (asked.sort === "name" && !this.#orders.has("name")) return null;
    return this.#result(asked, this.#resolved.get(asked.text));
  }

  async select(state, signal) {
    const asked = this.#asked(state);
    const [query] = await Promise.all([
      asked.text ? this.#resolve(asked.text) : undefined,
      asked.sort === "name" ? this.#byName() : undefined,
    ]);
    signal?.throwIfAborted();
    return this.#result(asked, query);
  }

  // Fetches what every query needs; to be called when somebody is about to write one.
  async warm() {
    this.#index ??= part("query").then(({ Index }) => new Index(this.#files, this.size));
    const [index] = await Promise.all([this.#index, this.#files.get("terms.gz")]);
    return index;
  }

  async titles() {
    return (await this.#said()).titles();
  }

  async cards(indexes) {
    return (await this.#said()).cards(indexes);
  }

  async #said() {
    this.#cards ??= part("cards").then(({ Cards }) => (this.#known = new Cards(this, this.#files, this.#perCard, nameOf)));
    return this.#cards;
  }

  // ----------------------------------------------------------------- state

  // The state without what it cannot mean: the words asked for, and by facet the values wanted.
  #asked({ q = "", filters = {}, tagmode = "any", sort = "newest", page = 1, size = 30, copies = false }) {
    const wanted = Object.fromEntries(this.facets.map(({ key }) => [key, [...(filters[key] ?? [])]]));
    const text = q.replace(OPERATOR, (whole, operator, value) => {
      const key = operator.toLowerCase().replace(/^tag$/, "tags");
      const id = value.toLowerCase();
      if (!this.facets.find((each) => each.key === key).places.has(id)) return whole;
      wanted[key].push(id);
      return " ";
    });
    const selection = this.facets.map(({ key, values, places }) => {
      const chosen = new Set(wanted[key].map((id) => places.get(id)).filter((place) => place !== undefined));
      const flags = new Uint8Array(values.length);
      for (const place of chosen) flags[place] = 1;
      const all = key === "tags" && tagmode === "all";
      return { chosen: [...chosen], flags, all, least: all ? chosen.size : 1 };
    });
    return { text: text.trim(), selection, sort, page: Math.max(1, Math.floor(page) || 1), size, copies };
  }

  async #resolve(text) {
    if (!this.#resolved.has(text)) {
      const query = await (await this.warm()).resolve(text);
      if (this.#resolved.size >= 8) this.#resolved.delete(this.#resolved.keys().next().value);
      this.#resolved.set(text, query);
    }
    return this.#resolved.get(text);
  }

  async #byName() {
    const { columns: [order] } = await this.#files.get("names.gz");
    if (order.length !== this.size) throw new Unusable("names.gz cannot be used: a name is missing");
    this.#orders.set("name", order);
  }

  // ---------------------------------------------------------------- result

  #result(asked, query) {
    const { selection, copies, text } = asked;
    const scores = query?.scores ?? null;
    this.#pass(selection, scores);
    const nothing = !scores && selection.every(({ chosen }) => !chosen.length);
    const { total, matches, counts } = (nothing && this.#whole[copies]) || this.#count(selection, copies);
    if (nothing) this.#whole[copies] = { total, matches, counts };
    const rows = total ? this.#rows(asked, scores) : [];
    const drop = total ? [] : this.#drop(selection, scores, copies, text);
    const { words, corrected, passed } = query ?? { words: [], corrected: {}, passed: [] };
    return { total, matches, rows, counts, words, corrected, passed, drop };
  }

  #count(selection, copies) {
    const found = this.#list(copies);
    const counts = {};
    this.facets.forEach(({ key }, place) => (counts[key] = this.#counts(place, selection[place], copies, found)));
    return { ...found, counts };
  }

  #pass(selection, scores) {
    const fails = this.#fails;
    const failed = this.#failed;
    fails.fill(0);
    if (scores) for (let i = 0; i < fails.length; i++) fails[i] = scores[i] ? 0 : 2;
    selection.forEach(({ chosen, flags, least }, place) => {
      if (!chosen.length) return;
      const { starts, ids } = this.facets[place];
      for (let i = 0, at = 0; i < fails.length; i++) {
        let found = 0;
        for (const end = starts[i + 1]; at < end; at++) found += flags[ids[at]];
        if (found < least) {
          fails[i]++;
          failed[i] = place;
        }
      }
    });
  }

  // Lists what no facet leaves out, and what one does at most; copies stand in a row.
  #list(copies) {
    const [fails, setOf, hits, near] = [this.#fails, this.#setOf, this.#hits, this.#near];
    let [matches, nearly, hidden, last] = [0, 0, 0, 0];
    for (const i of this.#grouped) {
      if (fails[i] > 1) continue;
      near[nearly++] = i;
      if (fails[i]) continue;
      hits[matches++] = i;
      if (!copies || !setOf[i]) continue;
      if (setOf[i] === last) hidden++;
      last = setOf[i];
    }
    return { total: matches - hidden, matches, nearly };
  }

  // By value: how many rows there would be with it as the facet's only value; or, where all values chosen
  // must be there, with it added.
  #counts(place, { chosen, all }, copies, { matches, nearly }) {
    const { values, starts, ids } = this.facets[place];
    const counts = new Uint32Array(values.length);
    const seen = new Uint32Array(values.length);
    const own = chosen.length > 0 && !all;
    const [fails, failed, setOf, list] = [this.#fails, this.#failed, this.#setOf, own ? this.#near : this.#hits];
    for (let at = 0, most = own ? nearly : matches; at < most; at++) {
      const i = list[at];
      if (own && fails[i] && failed[i] !== place) continue;
      const set = copies ? setOf[i] : 0;
      for (let one = starts[i], end = starts[i + 1]; one < end; one++) {
        const id = ids[one];
        if (set && seen[id] === set) continue;
        seen[id] = set;
        counts[id]++;
      }
    }
    return counts;
  }

  #rows({ sort, page, size, copies }, scores) {
    const order = this.#order(sort, scores);
    const shown = new Set();
    const rows = [];
    let skip = (page - 1) * size;
    for (let at = 0; at < order.length && rows.length < size; at++) {
      const index = order[at];
      if (this.#fails[index]) continue;
      const set = copies ? this.#setOf[index] : 0;
      if (set && shown.has(set)) continue;
      if (set) shown.add(set);
      if (skip-- > 0) continue;
      const same = set ? this.#sets[set - 1].reduce((sum, i) => sum + !this.#fails[i], 0) : 1;
      rows.push({ index, id: null, title: null, ...this.#known?.known(index), copies: same });
    }
    return rows;
  }

  // Records from first to last. Ties keep the order of every list.
  #order(sort, scores) {
    if (sort === "relevance" && scores) return descending(scores, (i) => !this.#fails[i]);
    if (sort === "updated" && !this.#orders.has(sort)) this.#orders.set(sort, descending(this.#days, () => true));
    return this.#orders.get(sort) ?? this.#everything;
  }

  // What to give up where nothing is left, and the rows there would be: a value, the query, or where one of
  // several would do and none does, all values of the facet (then `value` is null).
  #drop(selection, scores, copies, text) {
    const found = new Map();
    const add = (place, value, i) => {
      const key = place * 65536 + value;
      const each = found.get(key) ?? { place, value, total: 0, last: 0 };
      const set = copies ? this.#setOf[i] : 0;
      if (!set || each.last !== set) each.total++;
      each.last = set;
      found.set(key, each);
    };
    for (const i of this.#grouped) {
      if (scores && !scores[i] && this.#fails[i] === 2) add(-1, -1, i);
      if (this.#fails[i] !== 1) continue;
      const place = this.#failed[i];
      const { starts, ids } = this.facets[place];
      const { chosen, all } = selection[place];
      let [gone, many] = [-1, 0];
      if (all || chosen.length === 1) {
        for (const value of chosen) {
          let at = starts[i];
          while (at < starts[i + 1] && ids[at] !== value) at++;
          if (at < starts[i + 1]) continue;
          gone = value;
          many++;
        }
      }
      if (many < 2) add(place, gone, i);
    }
    return [...found.values()]
      .map(({ place, value, total }) => {
        if (place < 0) return { facet: "q", value: text, name: text, total };
        const { key, name, values } = this.facets[place];
        return { facet: key, value: values[value]?.id ?? null, name: values[value]?.name ?? name, total };
      })
      .sort((one, other) => other.total - one.total);
  }
}

// The records that count, by falling number, by counting how many have each.
function descending(numbers, counts) {
  let top = 0;
  for (const number of numbers) if (number > top) top = number;
  const starts = new Uint32Array(top + 2);
  for (let i = 0; i < numbers.length; i++) if (counts(i)) starts[top - numbers[i] + 1]++;
  for (let i = 0; i <= top; i++) starts[i + 1] += starts[i];
  const order = new Uint32Array(starts[top + 1]);
  for (let i = 0; i < numbers.length; i++) if (counts(i)) order[starts[top - numbers[i]]++] = i;
  return order;
}

// Loads the facets. `base` is the address of data/, `today` a date that "updated" counts from, else the
// newest in the catalog. Rejects with Unusable.
export async function open(base, { today } = {}) {
  const folder = new URL(base, globalThis.document?.baseURI ?? import.meta.url);
  const files = new Files(folder);
  const file = await files.first("facets.gz");
  try {
    return new Engine(files, file, dayOf(today));
  } catch (cause) {
    throw cause instanceof Unusable ? cause : new Unusable(`facets.gz cannot be used: ${cause.message}`, { cause });
  }
}
