// A table that is wider than its card can be scrolled by keyboard too, and says whose stop that is.
const name = (card) => (card.querySelector("caption, h2") ?? document.querySelector("h1"))?.textContent.trim();

const watch = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) {
      target.tabIndex = 0;
      if (!target.matches("[aria-label], [aria-labelledby]")) target.ariaLabel = name(target);
      target.role = "group";
    } else ["tabindex", "role"].forEach((word) => target.removeAttribute(word));
  }),
);
document.querySelectorAll(".card:has(> .tbl)").forEach((card) => watch.observe(card));
