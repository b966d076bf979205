// Swagger UI is dark by a class of the page: it follows the chosen theme, or the system's.
const root = document.documentElement;
const system = window.matchMedia("(prefers-color-scheme: dark)");

function follow() {
  const theme = root.dataset.theme;
  const isDark = theme === "dark" || (theme === "auto" && system.matches);
  root.classList.toggle("dark-mode", isDark);
}

system.addEventListener("change", follow);
follow();
