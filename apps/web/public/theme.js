// Sets the theme before the first paint, so that a dark desk never flashes white.
(() => {
  let stored = null;
  try {
    stored = localStorage.getItem("centralita.theme");
  } catch {
    stored = null;
  }
  const dark =
    stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
