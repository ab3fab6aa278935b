// What the rows of a list say: titles, and texts in files of some records each. Loaded with the first sign of
// use; see engine.js.

export class Cards {
  #engine;
  #files;
  #perCard;
  #nameOf;
  #titles = null;
  #cards = new Map(); // by index, those that were here once

  constructor(engine, files, perCard, nameOf) {
    this.#engine = engine;
    this.#files = files;
    this.#perCard = perCard;
    this.#nameOf = nameOf;
  }

  // The id and the title of a record, as far as they are here.
  known(index) {
    const { id = null, title = null, name = title } = this.#titles?.[index] ?? this.#cards.get(index) ?? {};
    return { id, title: name };
  }

  async titles() {
    const { header } = await this.#files.get("titles.gz", "low");
    if (this.#titles) return this.#titles;
    const lines = this.#engine.size ? header.titles.split("\n") : [];
    this.#titles = lines.map((line, index) => {
      const [slug, short] = line.split("\t");
      return { id: `${this.#only("type", index).id}/${slug}`, title: this.#nameOf(slug, short) };
    });
    return this.#titles;
  }

  async cards(indexes) {
    const numbers = new Set(indexes.map((index) => Math.floor(index / this.#perCard)));
    await Promise.all([...numbers].map((number) => this.#load(number)));
    return indexes.map((index) => this.#cards.get(index));
  }

  async #load(number) {
    const { header } = await this.#files.get(`cards/${number}.gz`);
    const first = number * this.#perCard;
    if (this.#cards.has(first)) return;
    const tags = this.#engine.facets.find(({ key }) => key === "tags");
    header.cards.forEach(([slug, short, text, ids, date, deprecated], place) => {
      const index = first + place;
      const type = this.#only("type", index)?.id ?? "";
      const source = this.#only("source", index);
      this.#cards.set(index, {
        id: `${type}/${slug}`,
        type,
        name: this.#nameOf(slug, short),
        text,
        source: source?.id ?? "",
        repository: source?.name ?? "",
        trust: this.#only("trust", index)?.id ?? "",
        tags: ids.map((id) => tags.values[tags.places.get(id)]).map(({ id, name, color = "#808080" }) => ({ id, name, color })),
        date,
        deprecated: Boolean(deprecated),
        copies: this.#engine.copiesOf(index).length,
      });
    });
  }

  #only(key, index) {
    const { values, starts, ids } = this.#engine.facets.find((each) => each.key === key);
    return starts[index] < starts[index + 1] ? values[ids[starts[index]]] : undefined;
  }
}
