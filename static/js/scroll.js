// A table that is wider than its card can be scrolled by keyboard too.
const watch = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }),
);
document.querySelectorAll(".card:has(> .tbl)").forEach((card) => watch.observe(card));
