// Runs before the first paint, so that a remembered theme does not flash. Also tells the style sheet
// that there is a script, which is when buttons that need one are shown; and that the address asks for
// something, so that a list is not shown before it is what was asked for, or a script is lost.
{
  const root = document.documentElement;
  root.dataset.script = "";
  if (location.search.length > 1) root.dataset.asked = "";
  addEventListener("error", () => delete root.dataset.asked, true);
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is off: the theme stays automatic.
  }
}
