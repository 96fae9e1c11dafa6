// [data-cell] becomes its field by click, Enter or E; Esc leaves, leaving the field saves what was changed.
const entered = (form) => [...form.elements].some((el) => el.type !== "hidden" && "defaultValue" in el && el.value !== el.defaultValue);

addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (form && event.key === "Escape" && !event.isComposing) {
    event.preventDefault();
    form.dataset.leaving = "true";
    form.querySelector("[data-cell-cancel]").click();
  } else if (event.key.toLowerCase() === "e" && !event.ctrlKey && !event.metaKey && event.target.matches?.("[data-cell]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.click();
  }
}, true);

addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (!form || form.contains(event.relatedTarget) || "conflict" in form.dataset || form.dataset.leaving || !form.closest("td")) return;
  if (form.querySelector("[role=alert]") && !entered(form)) return;
  if (entered(form)) form.requestSubmit();
  else form.querySelector("[data-cell-cancel]").click();
});

// sent once: the field that goes away with its answer loses the focus, too
addEventListener("submit", (event) => event.target.matches("[data-cell-form]") && (event.target.dataset.leaving = "true"), true);
