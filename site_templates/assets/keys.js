// Keys: / ? and Escape on every page, arrows in a list. Single letters can be switched off.

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
let dialog;
let single = true;
try {
  single = localStorage.getItem("keys") !== "off";
} catch {
  // Storage is off: what is chosen lasts as long as the page.
}

function mark(wanted) {
  single = wanted;
  document.documentElement.dataset.keys = wanted ? "on" : "off";
}

async function show() {
  const { search: version } = new URL(import.meta.url);
  dialog ??= (await import(`./shortcuts.js${version}`)).shortcuts(mark);
  if (!dialog.element.open) dialog.show(single);
}

function search() {
  const shown = [...document.querySelectorAll(".search input[type=search], .find input, .find-link")];
  return shown.find((each) => each.checkVisibility({ visibilityProperty: true }));
}

// The next row's link from here, or the search from the first one.
function move(from, step) {
  const links = [...document.querySelectorAll(".rows > .row .row-title a")];
  const place = links.indexOf(from) + step;
  const next = place < 0 ? search() : links[place];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.element.open) return;
  const link = target.closest?.(".row-title a");
  if (target.matches(".search input, .find input")) {
    if (key === "Escape" && target.value) {
      target.value = "";
      target.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (key === "Escape") target.blur();
    else if (key === "ArrowDown") move(null, 1);
    else return;
  } else if (link && (key === "ArrowDown" || key === "ArrowUp")) move(link, key === "ArrowDown" ? 1 : -1);
  else if (link && key === "Escape") link.blur();
  else if ((key === "/" || key === "?") && single && !target.closest?.(FIELDS)) {
    if (key === "?") show();
    else search()?.focus();
  } else return;
  event.preventDefault();
});

mark(single);
document.querySelector(".keys")?.addEventListener("click", show);
