// The list of keys, where single ones can be switched off (WCAG 2.1.4).

const KEYS = [
  ["/", "Search"],
  ["↑ ↓", "Move through the list"],
  ["Enter", "Open"],
  ["Esc", "Clear the search, then leave it"],
  ["?", "Show these keys"],
];

function made(name, values = {}, ...children) {
  const element = Object.assign(document.createElement(name), values);
  element.append(...children);
  return element;
}

// As keys.js reads it.
function remember(wanted) {
  try {
    if (wanted) localStorage.removeItem("keys");
    else localStorage.setItem("keys", "off");
  } catch {
    // Storage is off: the choice cannot be kept.
  }
}

// `changed` is called with whether they are on.
export function shortcuts(changed) {
  const box = made("input", { type: "checkbox" });
  const close = made("button", { textContent: "Close" });
  const lines = KEYS.map(([keys, use]) => {
    const term = made("dt", {}, ...keys.split(" ").map((textContent) => made("kbd", { textContent })));
    return made("div", {}, term, made("dd", { textContent: use }));
  });
  const element = made("dialog", {}, made("form", { method: "dialog" },
    made("h2", { id: "_keys", textContent: "Keyboard shortcuts" }), made("dl", {}, ...lines),
    made("label", {}, box, "Single-key shortcuts (/ and ?)"), close));
  element.setAttribute("aria-labelledby", "_keys");
  box.addEventListener("change", () => {
    remember(box.checked);
    changed(box.checked);
  });
  document.body.append(element);
  return {
    element,
    show(on) {
      box.checked = on;
      element.showModal();
      close.focus();
    },
  };
}
