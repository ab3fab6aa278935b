// What stands around the rows: how many there are, the filters in use, the other pages, advice if there is
// nothing.

const KINDS = {
  type: "Type",
  tags: "Tag",
  source: "Source",
  trust: "Trust",
  collection: "Collection",
  group: "Group",
  updated: "Updated",
};
const numbers = new Intl.NumberFormat("en");
const many = (count, one, more = `${one}s`) => `${numbers.format(count)} ${count === 1 ? one : more}`;

// The numbers of the pages to offer, 0 where some are left out; as Stretch.steps in addresses.py.
function steps(number, last) {
  const near = new Set([1, 2, last - 1, last, number - 1, number, number + 1]);
  const found = [];
  for (const each of [...near].filter((one) => one >= 1 && one <= last).sort((one, other) => one - other)) {
    const before = found.at(-1) ?? 0;
    if (each - before === 2) found.push(each - 1);
    else if (each - before > 2) found.push(0);
    found.push(each);
  }
  return found;
}

export function results({ page, size, type, element, label, engine, table, load, painted, address, go, choose, cleared }) {
  const head = page.querySelector(".results-head");
  const heading = head.querySelector("h2");
  const status = heading.querySelector("[role=status]");
  const sort = head.querySelector(".sort");
  const list = page.querySelector(".rows");
  const rows = table(list);
  const chips = new Map(); // by facet and value
  let latest;
  const chosen = element("ul", { className: "chosen", ariaLabel: "Filters in use" });
  const remark = element("p", { className: "hint meant" });
  const nothing = element("div", { className: "empty", hidden: true });
  heading.after(chosen);
  head.after(remark, nothing);

  function icon(name) {
    const made = document.querySelector(".search .icon").cloneNode(true);
    const use = made.firstElementChild;
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
    return made;
  }

  function button(pressed, ...children) {
    const made = element("button", { type: "button" }, ...children);
    made.addEventListener("click", pressed);
    return made;
  }

  const clear = element("li", {}, button(() => go(cleared()), "Clear all"));
  clear.firstChild.className = "clear";

  function chip(key, id) {
    const name = `${key} ${id}`;
    if (!chips.has(name)) {
      chips.set(name, element("li", {}, button(() => choose(key, id), element("span", { className: "sr", textContent: "Remove " }),
        element("span", { className: "kind", textContent: `${KINDS[key]}: ` }), label(key, id), icon("close"))));
    }
    return chips.get(name);
  }

  const toHeading = () => heading.focus({ preventScroll: true });

  function drawChosen({ filters }) {
    const items = Object.entries(filters).flatMap(([key, ids]) => (key === "type" && type ? [] : ids.map((id) => [key, id])));
    if (!items.length && !chosen.children.length) return;
    const focused = [...chosen.children].findIndex((each) => each.contains(document.activeElement));
    const wanted = items.map(([key, id]) => chip(key, id));
    if (wanted.length) wanted.push(clear);
    for (const each of [...chosen.children]) if (!wanted.includes(each)) each.remove();
    wanted.forEach((each, place) => {
      if (chosen.children[place] !== each) chosen.insertBefore(each, chosen.children[place] ?? null);
    });
    if (focused < 0 || chosen.contains(document.activeElement)) return;
    (wanted[Math.min(focused, wanted.length - 1)]?.firstChild ?? heading).focus({ preventScroll: true });
  }

  function drawHead({ total, matches, corrected, passed }, { q, sort: sorted, page: number }) {
    const range = (textContent) => element("span", { className: "range", textContent });
    const first = (number - 1) * size + 1;
    const parts = [many(total, "artifact")];
    if (matches > total) parts.push(range(`and ${many(matches - total, "copy", "copies")}`));
    if (total > size) parts.push(range(`${numbers.format(first)}–${numbers.format(Math.min(first + size - 1, total))}`));
    status.replaceChildren(...parts);
    const best = sort.querySelector("[value=relevance]");
    if (q.trim() && !best) sort.prepend(element("option", { value: "relevance", textContent: "Best match" }));
    else if (!q.trim()) best?.remove();
    sort.value = sorted || (q.trim() ? "relevance" : "newest");
    if (sort.selectedIndex < 0) sort.value = "newest";
    const typed = Object.entries(corrected);
    const said = [];
    if (typed.length) {
      const used = element("b", { textContent: typed.map(([, each]) => each).join(" and ") });
      said.push(`Nothing says ${typed.map(([word]) => `“${word}”`).join(" or ")}. Showing results for `, used, ". ");
    }
    if (passed.length) said.push(`Too many words for one search, so not looked for: ${passed.map((word) => `“${word}”`).join(", ")}.`);
    remark.replaceChildren(...said);
  }

  function drawNothing({ total, drop }, { q, filters }) {
    nothing.hidden = total > 0;
    if (total) return;
    const ways = drop.filter(({ facet }) => facet !== "type" || !type).slice(0, 5).map(({ facet, value, total: left }) => {
      const what = facet === "q" ? `the word${/\S\s+\S/.test(value) ? "s" : ""} “${value.trim()}”` : `${KINDS[facet].toLowerCase()} ${label(facet, value)}`;
      return button(() => {
        if (facet === "q") go({ q: "", page: 1 });
        else choose(facet, value);
        toHeading();
      }, `Drop ${what} `, element("span", { className: "count", textContent: many(left, "artifact") }));
    });
    const advice = !ways.length ? "Try another word, or fewer of them."
      : `Without ${ways.length > 1 ? "one of these" : "this"} there would be some:`;
    const given = Object.keys(filters).filter((key) => key !== "type" || !type).flatMap((key) => filters[key]);
    if (given.length + (q.trim() ? 1 : 0) > 1 || !ways.length) {
      ways.push(button(() => {
        go({ ...cleared(), q: "" });
        toHeading();
      }, "Clear everything"));
    }
    nothing.replaceChildren(element("h2", { textContent: "Nothing matches" }), element("p", { textContent: advice }),
      element("ul", {}, ...ways.map((each) => element("li", {}, each))));
  }

  function drawPager(total, state) {
    const last = Math.ceil(total / size);
    const number = state.page;
    const old = page.querySelector(".pager");
    if (last < 2) return old?.remove();
    const link = (to, values, ...children) => element("a", { href: address({ ...state, page: to }), ...values }, ...children);
    const step = (to, rel, ...children) => (to >= 1 && to <= last
      ? link(to, { rel, className: "step" }, ...children)
      : element("span", { className: "step", ariaHidden: "true" }, ...children));
    const items = steps(number, last).map((to) => (to
      ? element("li", {}, link(to, to === number ? { ariaCurrent: "page" } : {},
        element("span", { className: "sr", textContent: "Page " }), numbers.format(to)))
      : element("li", { className: "gap", textContent: "…" })));
    const nav = element("nav", { className: "pager", ariaLabel: "Pages" }, step(number - 1, "prev", icon("left"), "Previous"),
      element("ol", {}, ...items), step(number + 1, "next", "Next", icon("right")));
    if (old) old.replaceWith(nav);
    else list.after(nav);
    return undefined;
  }

  async function highlight(words) {
    globalThis.CSS?.highlights?.delete("found");
    if (!words.length || !globalThis.Highlight) return;
    const { fold } = await load("query");
    CSS.highlights.set("found", new Highlight(...rows.found(words, fold)));
  }

  return {
    // Makes what the first click needs; the engine is much faster once it has run a few times.
    prepare() {
      rows.prepare(Math.min(size, engine.size));
      for (const { key, values } of engine.facets) engine.facetsOnly({ filters: { [key]: [values[0]?.id] }, size, copies: true });
    },

    // Draws what can be seen at once and the rest after it; resolves when everything is there.
    async draw(result, state) {
      latest = result;
      const inside = list.contains(document.activeElement);
      const drawn = rows.draw(result.rows, painted);
      drawChosen(state);
      drawHead(result, state);
      drawNothing(result, state);
      if (inside && !list.contains(document.activeElement)) toHeading();
      if (result.total <= size) page.querySelector(".pager")?.remove();
      await painted();
      if (latest !== result) return;
      drawPager(result.total, state);
      if (await drawn) await highlight(result.words);
    },
  };
}
