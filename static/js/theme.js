// Runs before the first paint (not a module): the chosen brightness, or the system's.
// [data-theme-toggle] turns it over, [data-theme-choice="light|dark|"] sets it, "" being the system's again.
{
  const root = document.documentElement;
  const kept = () => { try { return localStorage.theme; } catch { return undefined; } };
  if (["light", "dark"].includes(kept())) root.dataset.theme = kept();

  const mark = () => document.querySelectorAll("[data-theme-choice]").forEach((choice) =>
    choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === (root.dataset.theme ?? ""))));
  const choose = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    try { localStorage.theme = theme; } catch { /* private window: until it closes */ }
    mark();
  };

  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-theme-toggle], [data-theme-choices]").forEach((part) => (part.hidden = false));
    mark();
  });
  addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (choice) return choose(choice.dataset.themeChoice);
    if (!event.target.closest("[data-theme-toggle]")) return;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    choose(now === "dark" ? "light" : "dark");
  });
}
