// [data-columns] are links to columns that stand beside each other: the one in sight is marked, a tap slides to it.
const tabs = document.querySelector("[data-columns]");
const columnOf = (tab) => document.getElementById(tab.hash.slice(1));

const seen = new IntersectionObserver(
  (entries) => {
    const shown = entries.find((entry) => entry.isIntersecting);
    if (!shown) return;
    tabs.querySelectorAll("a").forEach((tab) => {
      if (columnOf(tab) === shown.target) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    });
  },
  { root: document.querySelector(".kanban"), rootMargin: "10000px -45%" },
);
tabs.querySelectorAll("a").forEach((tab) => seen.observe(columnOf(tab)));

tabs.addEventListener("click", (event) => {
  const tab = event.target.closest("a");
  if (!tab) return;
  event.preventDefault();
  columnOf(tab).scrollIntoView({ inline: "start", block: "nearest" });
});
