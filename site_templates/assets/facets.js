// The filters beside the list: links become boxes to tick, with counts that follow.

const FEW = 8;
const MORE = 40;

export function element(name, values = {}, ...children) {
  const made = Object.assign(document.createElement(name), values);
  made.append(...children);
  return made;
}

const numbers = new Intl.NumberFormat("en");

// Makes `section` the fieldset of a facet. `changed` is called with the id of a value that was ticked or not.
function fieldset(section, facet, label, changed) {
  const { key } = facet;
  const boxes = new Map(); // by place among the facet's values
  const list = section.querySelector("ul");
  const search = section.querySelector(".tools input[type=search]");
  const title = section.querySelector("h2");
  const more = element("button", { type: "button", className: "more", textContent: "Show more" });
  const set = element("fieldset", { className: section.className }, element("legend", {}, title));
  set.dataset.facet = key;
  set.append(...section.children);
  set.querySelector("a.more, span.more")?.remove();
  set.append(more);
  section.replaceWith(set);
  const folded = facet.values.map(({ id }) => `${label(key, id)} ${id}`.toLowerCase());
  let most = FEW;
  let order = "";
  let now;

  function box(place) {
    if (!boxes.has(place)) {
      const { id } = facet.values[place];
      const input = element("input", { type: "checkbox", name: key, value: id });
      const count = element("span", { className: "count" });
      const shown = label(key, id);
      const text = element("span", { className: "facet-name", textContent: shown, title: shown });
      boxes.set(place, { item: element("li", {}, element("label", {}, input, text, " ", count)), input, count });
    }
    return boxes.get(place);
  }

  // The values to show: those ticked, then the most used ones or those looked for.
  function places(chosen) {
    const asked = search?.value.trim().toLowerCase() ?? "";
    const picked = [];
    const others = [];
    folded.forEach((text, place) => {
      if (chosen.has(facet.values[place].id)) picked.push(place);
      else if (!asked || text.includes(asked)) others.push(place);
    });
    const left = Math.max(asked && most === FEW ? FEW : most - picked.length, 0);
    more.hidden = others.length <= left;
    return [...picked, ...others.slice(0, left)];
  }

  function update(chosen = now.chosen, counts = now.counts) {
    now = { chosen, counts };
    const shown = places(chosen);
    const written = shown.join();
    if (written !== order) {
      order = written;
      const focused = list.contains(document.activeElement) ? document.activeElement : null;
      list.replaceChildren(...shown.map((place) => box(place).item));
      if (focused?.isConnected) focused.focus({ preventScroll: true });
      else if (focused) list.querySelector("input")?.focus();
    }
    for (const place of shown) {
      const { item, input, count } = box(place);
      input.checked = chosen.has(facet.values[place].id);
      const text = numbers.format(counts[place]);
      if (count.textContent !== text) count.textContent = text;
      item.classList.toggle("none", !counts[place]);
    }
  }

  list.addEventListener("change", ({ target }) => changed(key, target.value));
  more.addEventListener("click", () => {
    const first = list.children.length;
    most = first + MORE;
    update();
    list.children[first]?.querySelector("input").focus();
  });
  search?.addEventListener("input", () => {
    most = FEW;
    update();
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  return update;
}

// `changed(key, id)` when a value is ticked or not, `all(wanted)` when all tags must be there or any will do.
export function facets(rail, engine, label, changed, all) {
  const parts = [];
  for (const section of rail.querySelectorAll(".facet")) {
    const facet = engine.facets.find(({ key }) => key === section.dataset.facet);
    if (facet) parts.push({ key: facet.key, update: fieldset(section, facet, label, changed) });
  }
  const both = rail.querySelector(".all input");
  both?.addEventListener("change", () => all(both.checked));
  const badge = rail.querySelector(".active");
  const done = element("button", { type: "button" });
  done.addEventListener("click", () => {
    rail.open = false;
    rail.firstElementChild.focus();
  });
  const sheet = rail.querySelector(".facets");
  sheet.append(element("p", { className: "done" }, done));
  rail.addEventListener("keydown", ({ key }) => key === "Escape" && done.checkVisibility() && done.click());

  return ({ filters, tagmode }, counts, total) => {
    for (const { key, update } of parts) update(new Set(filters[key]), counts[key]);
    if (both) both.checked = tagmode === "all";
    const active = parts.reduce((sum, { key }) => sum + filters[key].length, 0);
    badge.textContent = active || "";
    done.textContent = `Show ${numbers.format(total)}`;
  };
}

// The types above the list. Where the page is about one of them they stay links, which keep the other filters.
export function pills(nav, engine, type, changed) {
  const { values } = engine.facets.find(({ key }) => key === "type");
  const parts = [...nav.querySelectorAll(".pill")].map((link) => {
    const kind = link.dataset.type ?? "";
    const place = values.findIndex(({ id }) => id === kind);
    if (type) return { link, kind, place, address: link.getAttribute("href"), count: link.querySelector(".count") };
    const button = element("button", { type: "button", className: link.className }, ...link.childNodes);
    Object.assign(button.dataset, link.dataset);
    link.replaceWith(button);
    button.addEventListener("click", () => changed(kind));
    return { button, kind, place, count: button.querySelector(".count") };
  });

  // `query` is what the address says beside the type; `sum` how many there would be of all types.
  return (chosen, counts, query, sum) => {
    for (const { link, button, kind, place, address, count } of parts) {
      const current = kind ? chosen.includes(kind) : !chosen.length;
      count.textContent = numbers.format(kind ? counts[place] ?? 0 : sum);
      if (button) button.setAttribute("aria-pressed", current);
      else link.setAttribute("href", address + query);
    }
  };
}
