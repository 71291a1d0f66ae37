// The choice is kept in a cookie, so that the server renders the next page in it without a flash.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function shown() {
  return root.dataset.theme ?? (system.matches ? "dark" : "light");
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const chosen = shown() === "dark" ? "light" : "dark";
  const follows = chosen === (system.matches ? "dark" : "light");
  if (follows) {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = chosen;
  }
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${follows ? "" : chosen}; path=/; max-age=${follows ? 0 : 31536000}; samesite=lax${secure}`;
});
