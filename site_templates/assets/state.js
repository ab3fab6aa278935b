// What is asked for, and how that is written in an address.

// `type` is the type that the page is about, if it is about one.
export function read(search, facets, type) {
  const given = new URLSearchParams(search);
  const filters = {};
  for (const { key, values } of facets) {
    const asked = new Set(given.getAll(key).flatMap((each) => each.split(",")));
    filters[key] = values.map(({ id }) => id).filter((id) => asked.has(id));
  }
  filters.updated.splice(1); // each of them holds the next
  if (type) filters.type = [type];
  const sort = given.get("sort");
  const page = given.get("page");
  return {
    q: (given.get("q") ?? "").slice(0, 200),
    filters,
    tagmode: given.get("tagmode") === "all" ? "all" : "any",
    sort: ["relevance", "newest", "updated", "name"].includes(sort) ? sort : "",
    page: /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
  };
}

// What the engine is to sort by.
export function sortOf({ q, sort }) {
  if (q.trim()) return sort || "relevance";
  return sort === "relevance" || !sort ? "newest" : sort;
}

// From "?" on; empty when nothing is asked for.
export function write({ q, filters, tagmode, sort, page }, type) {
  const parts = [];
  const add = (name, values) => {
    const written = values.map((value) => encodeURIComponent(value).replaceAll("%20", "+").replaceAll("%2F", "/"));
    if (written.length) parts.push(`${name}=${written.join(",")}`);
  };
  add("q", q.trim() ? [q.trim()] : []);
  for (const [key, ids] of Object.entries(filters)) {
    if (key !== "type" || !type) add(key, ids);
    if (key === "tags") add("tagmode", tagmode === "all" ? ["all"] : []);
  }
  add("sort", sort && sort !== (q.trim() ? "relevance" : "newest") ? [sort] : []);
  add("page", page > 1 ? [page] : []);
  return parts.length ? `?${parts.join("&")}` : "";
}

// Filters without one value, or with it.
export function toggled(filters, key, id) {
  const held = filters[key];
  const without = held.filter((each) => each !== id);
  return { ...filters, [key]: without.length < held.length ? without : key === "updated" ? [id] : [...held, id] };
}
