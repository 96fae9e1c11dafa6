// Runs before the first paint (not a module): the chosen brightness, or the system's.
{
  const root = document.documentElement;
  const kept = () => { try { return localStorage.theme; } catch { return undefined; } };
  if (["light", "dark"].includes(kept())) root.dataset.theme = kept();

  addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-theme-toggle]").forEach((button) => (button.hidden = false)));
  addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    try { localStorage.theme = root.dataset.theme; } catch { /* private window: until it closes */ }
  });
}
