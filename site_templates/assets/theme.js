// Runs before the first paint, so that a remembered theme does not flash. Also tells the style sheet
// that there is a script, which is when buttons that need one are shown.
{
  const root = document.documentElement;
  root.dataset.script = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is off: the theme stays automatic.
  }
}
