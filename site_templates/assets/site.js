// What every page needs: the theme switch, the copy buttons, and soon after them the keys.

const THEMES = ["automatic", "light", "dark"];
const root = document.documentElement;
const button = document.querySelector(".theme");

function show(theme) {
  if (theme === "automatic") delete root.dataset.theme;
  else root.dataset.theme = theme;
  button.title = `Theme: ${theme}`;
  button.querySelector(".sr").textContent = button.title;
}

function remember(theme) {
  try {
    if (theme === "automatic") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

if (button) {
  show(root.dataset.theme ?? "automatic");
  button.addEventListener("click", () => {
    const now = root.dataset.theme ?? "automatic";
    const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
    show(next);
    remember(next);
  });
}

async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection().selectAllChildren(code); // not allowed here: leave it selected for Ctrl+C
    return "Selected";
  }
}

document.addEventListener("click", async (event) => {
  const pressed = event.target.closest(".copy");
  if (!pressed) return;
  const code = pressed.parentElement.querySelector("code");
  const label = pressed.querySelector(".copy-label");
  label.textContent = await copy(code.textContent, code);
  pressed.dataset.done = "";
  setTimeout(() => {
    label.textContent = "Copy";
    delete pressed.dataset.done;
  }, 1600);
});

for (const label of document.querySelectorAll(".copy-label")) label.setAttribute("aria-live", "polite");

const { search } = new URL(import.meta.url);
(globalThis.requestIdleCallback ?? setTimeout)(() => import(`./keys.js${search}`));
