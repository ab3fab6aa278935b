// On the page of a wrong address: leads to the right one, or offers those that are nearest.

import { distance } from "./query.js";

const MOST = 6;
const root = new URL("../", import.meta.url);

function wanted() {
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // Not a valid address: taken as it is.
  }
  if (path.startsWith(root.pathname)) path = path.slice(root.pathname.length);
  return `${path.toLowerCase().replace(/(\/index)?\.(html?|json|md)$/, "").replace(/[\s_]+/g, "-").replace(/\/+$/, "")}/`;
}

const last = (address) => address.split("/").at(-2);

// The addresses nearest to the one asked for: few mistakes first, in the whole of it or in its last part.
export function nearest(asked, addresses) {
  const name = last(asked);
  const found = [];
  for (const address of addresses) {
    const whole = distance(asked, address, Math.max(2, Math.floor(asked.length / 4)));
    const most = name.length < 4 ? 0 : Math.max(1, Math.floor(name.length / 4));
    const end = name ? distance(name, last(address), most) : most + 1;
    const near = Math.min(whole <= asked.length / 4 ? whole : Infinity, end <= most ? end + 0.5 : Infinity);
    const part = name.length > 3 && last(address).includes(name) ? 3 : Infinity;
    const score = Math.min(near, part);
    if (score < Infinity) found.push([score, address]);
  }
  found.sort(([a, x], [b, y]) => a - b || x.length - y.length || (x < y ? -1 : 1));
  return found.slice(0, MOST).map(([, address]) => address);
}

// Where a former address is now, or what stood below it.
export function followed(asked, former) {
  const parts = asked.split("/").slice(0, -1);
  for (let many = parts.length; many > 0; many--) {
    const now = former[`${parts.slice(0, many).join("/")}/`];
    if (now) return now;
  }
  return "";
}

function offer(box, title, addresses) {
  box.querySelector("h2").textContent = title;
  box.querySelector("ul").replaceChildren(
    ...addresses.map((address) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = new URL(address, root);
      link.textContent = address.slice(0, -1);
      item.append(link);
      return item;
    }),
  );
  box.hidden = false;
}

const box = document.querySelector(".near");
if (box) {
  const answer = await fetch(new URL("data/addresses.json", root));
  const { folders, former } = await answer.json();
  const addresses = Object.entries(folders).flatMap(([folder, names]) => names.map((name) => `${folder}${name}/`));
  const asked = wanted();
  const now = addresses.includes(asked) ? asked : former[asked];
  if (now && new URL(now, root).pathname !== location.pathname) {
    location.replace(new URL(now, root)); // another case, a file's ending, or a former name
  } else {
    const moved = followed(asked, former);
    if (moved) offer(box, "It was renamed", [moved]);
    else {
      const near = nearest(asked, addresses);
      if (near.length) offer(box, "Did you mean", near);
    }
  }
}
