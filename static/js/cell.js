// [data-cell] becomes its field by click, Enter or E; Esc leaves, leaving the field saves what was changed.
let back = null; // the box whose value takes the focus again, after one has stayed with the keyboard

const entered = (form) =>
  [...form.elements].some((el) => {
    if (el.type === "hidden" || el.type === "submit") return false;
    if (/^(checkbox|radio)$/.test(el.type)) return el.checked !== el.defaultChecked;
    if (el.options) return [...el.options].some((option) => option.selected !== option.defaultSelected);
    return el.value !== el.defaultValue;
  });

const stays = (form) => (back = form.contains(document.activeElement) ? form.closest(".cellbox").id : null);

addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (form && event.key === "Escape" && !event.isComposing) {
    event.preventDefault();
    form.dataset.leaving = "true";
    stays(form);
    form.querySelector("[data-cell-cancel]").click();
  } else if (event.key.toLowerCase() === "e" && !event.ctrlKey && !event.metaKey && event.target.matches?.("[data-cell]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.click();
  }
}, true);

addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (!form || form.contains(event.relatedTarget) || "conflict" in form.dataset || form.dataset.leaving || !form.closest("td, dd")) return;
  if (form.querySelector(".err, [role=alert]") && !entered(form)) return;
  if (entered(form)) form.requestSubmit();
  else form.querySelector("[data-cell-cancel]").click();
});

// sent once: the field that goes away with its answer loses the focus, too
addEventListener("submit", (event) => {
  if (!event.target.matches("[data-cell-form]")) return;
  event.target.dataset.leaving = "true";
  stays(event.target);
}, true);

addEventListener("htmx:afterSettle", () => {
  const value = back && document.querySelector(`[id="${back}"] [data-cell]`);
  if (value) value.focus();
  if (value) back = null;
});
