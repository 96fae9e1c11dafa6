// [data-grow]: a part's share of the strip, where CSS attr() cannot yet carry numbers.
if (!CSS.supports("flex-grow", "attr(data-grow type(<number>), 1)")) {
  document.querySelectorAll("[data-grow]").forEach((part) => (part.style.flexGrow = part.dataset.grow));
}
