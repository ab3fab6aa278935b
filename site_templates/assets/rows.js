// The rows of a list: nodes that are made once and filled with one record after another, those in sight first.

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LOW = 52; // px, of which no row is less high
const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

// As in row.html, with everything that a row can have.
const ROW = `<li class="row">
<span class="tile"><svg class="icon" aria-hidden="true"><use/></svg><span class="sr"></span></span>
<div class="row-main">
<h3 class="row-title"><a></a> <span class="row-source"></span> <span class="trust"><svg class="icon" aria-hidden="true"><use/></svg>
</span> <span class="badge">Deprecated</span></h3>
<p class="row-text"></p>
<details class="copies"><summary></summary><ul></ul></details>
<p class="chips"></p>
</div>
<p class="row-date"><span class="sr">Added </span><time></time></p>
</li>`;
const CHIP = '<a class="chip"><svg class="dot" aria-hidden="true"></svg> </a>';

function parsed(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content.firstElementChild;
}

// `names` are what the values of facets are called.
export function rows(list, root, names, engine) {
  const [sample, chip] = [parsed(ROW), parsed(CHIP)];
  const sprite = document.querySelector(".icon use").getAttribute("href").split("#", 1)[0];
  const one = Object.fromEntries(
    [...document.querySelectorAll(".pill[data-type]")].map(({ dataset }) => [dataset.type, dataset.one]),
  );
  const made = [];
  const cards = new Map(); // by index, those that were here once
  let shown = [];

  function make() {
    const node = sample.cloneNode(true);
    const part = (selector) => node.querySelector(selector);
    const row = {
      node,
      tile: part(".tile"),
      kind: part(".tile .sr"),
      link: part(".row-title a"),
      source: part(".row-source"),
      trust: part(".trust"),
      badge: part(".badge"),
      text: part(".row-text"),
      chips: part(".chips"),
      date: part(".row-date"),
      time: part("time"),
      copies: part(".copies"),
    };
    row.level = row.trust.lastChild;
    row.copies.addEventListener("toggle", () => row.copies.open && listCopies(row));
    return row;
  }

  function icon(holder, name) {
    holder.querySelector("use").setAttribute("href", `${sprite}#${name}`);
  }

  // How many rows may be in sight. To be asked before anything is changed, when the browser knows it.
  function inSight() {
    return Math.ceil((innerHeight - list.getBoundingClientRect().top) / LOW);
  }

  function fill(row, { index, id, title }, card) {
    const { node } = row;
    if (row.index === index && row.card === card) return;
    row.index = index;
    row.card = card;
    const type = id.split("/", 1)[0];
    if (row.type !== type) {
      row.type = type;
      row.tile.className = `tile tile-${type}`;
      row.kind.textContent = one[type];
      icon(row.tile, type);
    }
    row.link.textContent = title;
    row.link.href = `${root}${id}/`;
    row.copies.open = false;
    row.source.textContent = card?.repository ?? "";
    row.source.hidden = !card?.repository;
    row.text.textContent = card?.text ?? "";
    row.text.hidden = Boolean(card && !card.text);
    const trusted = card?.trust === "official" || card?.trust === "verified";
    row.trust.hidden = !trusted;
    if (trusted && row.trusted !== card.trust) {
      row.trusted = card.trust;
      row.trust.className = `trust trust-${card.trust}`;
      row.level.data = names.trust.get(card.trust);
      icon(row.trust, `trust-${card.trust}`);
    }
    row.badge.hidden = !card?.deprecated;
    row.date.hidden = Boolean(card && !card.date);
    row.time.textContent = row.time.dateTime = card?.date ?? "";
    row.copies.hidden = !(card?.copies > 1);
    if (!row.copies.hidden) {
      row.copies.firstElementChild.textContent = `${card.copies.toLocaleString("en")} copies`;
      row.copies.querySelector("ul").replaceChildren();
    }
    fillChips(row.chips, card?.tags ?? []);
    node.classList.toggle("waiting", !card);
  }

  function fillChips(chips, tags) {
    while (chips.children.length > tags.length) chips.lastChild.remove();
    while (chips.children.length < tags.length) chips.append(chip.cloneNode(true));
    tags.forEach(({ id, name, color }, place) => {
      const node = chips.children[place];
      node.href = `${root}tags/${id}/`;
      node.firstElementChild.setAttribute("color", color);
      node.lastChild.data = name;
    });
    chips.hidden = !tags.length;
  }

  async function listCopies({ copies, index }) {
    const others = engine.copiesOf(index).filter((each) => each !== index);
    const found = await engine.cards(others.slice(0, 12));
    const items = found.map(({ id, repository }) => {
      const link = document.createElement("a");
      link.href = `${root}${id}/`;
      link.textContent = repository || id;
      return link;
    });
    if (others.length > items.length) items.push(`and ${others.length - items.length} more`);
    copies.querySelector("ul").replaceChildren(...items.map((each) => {
      const item = document.createElement("li");
      item.append(each);
      return item;
    }));
  }

  return {
    // Makes the nodes before they are needed.
    prepare(count) {
      while (made.length < count) made.push(make());
    },

    // Shows records, at once as far as they are known and in sight. Resolves when all is there, or to false
    // when other ones were shown meanwhile.
    async draw(found, painted) {
      shown = found;
      const soon = Math.max(inSight(), 1);
      if (found.some(({ id, index }) => !id && !cards.has(index))) {
        list.setAttribute("aria-busy", "true");
        await this.fetch(found);
        if (shown !== found) return false;
      }
      list.removeAttribute("aria-busy");
      this.prepare(found.length);
      const show = (from, to) => found.slice(from, to).forEach((record, place) => {
        const card = cards.get(record.index);
        fill(made[from + place], card ? { index: record.index, id: card.id, title: card.name } : record, card);
      });
      show(0, soon);
      const nodes = made.slice(0, found.length).map(({ node }) => node);
      if (list.firstElementChild !== nodes[0]) list.replaceChildren();
      while (list.children.length > nodes.length) list.lastElementChild.remove();
      if (list.children.length < soon) list.append(...nodes.slice(list.children.length, soon));
      await painted();
      if (shown !== found) return false;
      show(soon);
      list.append(...nodes.slice(list.children.length));
      if (found.every(({ index }) => cards.has(index))) return true;
      await this.fetch(found);
      if (shown !== found) return false;
      show(0);
      return true;
    },

    async fetch(found) {
      const wanted = found.map(({ index }) => index).filter((index) => !cards.has(index));
      (await engine.cards(wanted)).forEach((card, place) => cards.set(wanted[place], card));
    },

    // The places in the texts where one of these words begins, as ranges; `fold` is the search's own.
    found(words, fold) {
      const ranges = [];
      for (const { lastChild: text } of list.querySelectorAll(".row-title a, .row-text, .chip")) {
        for (const { 0: written, index } of text?.data?.matchAll(WORD) ?? []) {
          const folded = fold(written);
          for (const word of words) {
            const start = CJK.test(word) ? folded.indexOf(word) : folded.startsWith(word) ? 0 : -1;
            if (start < 0) continue;
            const same = folded.length === written.length; // else it cannot be told which letters
            const [from, to] = same ? [start, start + word.length] : [0, written.length];
            ranges.push(new StaticRange({
              startContainer: text, startOffset: index + from, endContainer: text, endOffset: index + to,
            }));
          }
        }
      }
      return ranges;
    },
  };
}
