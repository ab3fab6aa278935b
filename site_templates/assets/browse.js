// Makes a list of the whole catalog, or of a type, one to search and to filter. Until the data is here, and
// if it never comes, the page stays what it is without scripts.

const { search: version } = new URL(import.meta.url);
const page = document.querySelector("[data-live]");
const size = Number(page.dataset.size);
const { type } = page.dataset;
const root = document.querySelector(".brand").href;
const form = document.querySelector(".search");
const input = form.elements.q;
const sort = page.querySelector(".sort");

// Resolves once what was changed can be seen, or when nobody looks.
const painted = () =>
  new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 200);
  });

const load = (name) => import(`./${name}.js${version}`);

async function start() {
  const [{ open }, { read, write, toggled, sortOf }, { element, facets, pills }] =
    await Promise.all(["engine", "state", "facets"].map(load));
  const engine = await open(new URL("data/", root), { today: new Date() });
  const names = Object.fromEntries(
    engine.facets.map(({ key, values }) => [key, new Map(values.map(({ id, name }) => [id, name]))]),
  );
  const label = (key, id) => {
    const collection = key === "group" ? `${names.collection.get(id.split("/", 1)[0]) ?? ""} / ` : "";
    return collection + (names[key].get(id) ?? id);
  };

  let state = read(location.search, engine.facets, type);
  let at = location.search;
  let asking = new AbortController();
  let typing = false; // the last entry of the history is what is being typed
  let untouched = true; // the rows are still those of the file
  let loading;
  let results; // what draws the rest, once it is here
  let record = () => {}; // puts the state into the history, which can wait until it is painted

  const address = (asked) => location.pathname + write(asked, type);
  const choose = (key, id) => go({ filters: toggled(state.filters, key, id), page: 1 });
  const updateFacets = facets(page.querySelector(".rail"), engine, label, choose, (all) => {
    go({ tagmode: all ? "all" : "any", page: 1 });
  });
  const updatePills = pills(document.querySelector(".pills"), engine, type, (kind) => {
    if (kind) choose("type", kind);
    else go({ filters: { ...state.filters, type: [] }, page: 1 });
  });

  function cleared() {
    const none = Object.keys(state.filters).map((key) => [key, key === "type" && type ? [type] : []]);
    return { filters: Object.fromEntries(none), tagmode: "any", page: 1 };
  }

  function rest() {
    loading ??= Promise.all([load("results"), load("rows")]).then(([made, { rows }]) => {
      const table = (list) => rows(list, root, names, engine);
      results = made.results({ page, size, type, element, label, engine, table, load, painted, address, go, choose, cleared });
    });
    loading.catch(() => (loading = null));
    return loading;
  }

  async function draw(result) {
    const last = Math.max(1, Math.ceil(result.total / size));
    if (state.page > last) return go({ page: last }, "replace");
    const mine = state;
    const show = () => (mine === state ? results.draw(result, mine) : undefined);
    const drawn = untouched ? undefined : results ? show() : rest().then(show);
    updateFacets(state, result.counts, result.total);
    const sum = result.counts.type.reduce((all, count) => all + count, 0);
    updatePills(state.filters.type, result.counts.type, write({ ...state, page: 1 }, "any"), sum);
    return drawn;
  }

  function trouble(error) {
    if (error.name === "AbortError") return;
    page.querySelector("[role=status]").textContent = "This could not be loaded. Try again.";
  }

  // Until it resolves, what is shown is not all of what was asked for.
  async function ask() {
    const mine = state;
    delete page.dataset.ready;
    asking.abort();
    asking = new AbortController();
    untouched &&= !write(state, type);
    const asked = { ...state, sort: sortOf(state), size, copies: true };
    const result = engine.facetsOnly(asked);
    const drawn = (result ? draw(result) : engine.select(asked, asking.signal).then(draw)).catch(trouble);
    await painted();
    if (mine === state) record();
    await drawn;
    if (mine === state) page.dataset.ready = "";
  }

  function go(change, how = "push") {
    record();
    state = { ...state, ...change };
    if (how !== "typed") input.value = state.q;
    const to = address(state);
    record = () => {
      record = () => {};
      if (how === "push") typing = false;
      const same = how === "replace" || typing || to === location.pathname + location.search;
      typing ||= how === "typed" && !same;
      history[same ? "replaceState" : "pushState"](null, "", to);
      at = location.search;
    };
    return ask();
  }

  input.addEventListener("input", () => go({ q: input.value, page: 1 }, "typed"));
  form.addEventListener("submit", (event) => event.preventDefault());
  sort.addEventListener("change", () => go({ sort: sort.value, page: 1 }));
  page.addEventListener("click", (event) => {
    const link = event.target.closest(".pager a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go({ page: Number(/page[=/](\d+)/.exec(link.getAttribute("href"))?.[1] ?? 1) });
    page.querySelector("h2[tabindex]").focus({ preventScroll: true });
    page.querySelector(".results-head").scrollIntoView();
  });
  addEventListener("pagehide", () => record());
  addEventListener("popstate", () => {
    typing = false;
    record = () => {};
    if (location.search === at) return; // only the fragment is another
    at = location.search;
    state = read(at, engine.facets, type);
    input.value = state.q;
    untouched = false;
    ask();
  });

  if (input.value && input.value !== state.q) await go({ q: input.value }, "typed"); // before this was here
  else input.value = state.q;
  await ask();
  // Who only looks at the page needs neither what draws rows nor the titles, without which these wait for cards.
  const prepare = () => Promise.all([engine.titles(), rest().then(() => results.prepare())]).catch(() => {});
  for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) addEventListener(sign, prepare, { once: true });
}

try {
  await start();
} catch (error) {
  delete page.dataset.live;
  form.hidden = true;
  console.info(error.message);
}
delete document.documentElement.dataset.asked;
