// <button command="show-modal" commandfor="id"> is native; older browsers and the scrim are helped here.
const native = "command" in HTMLButtonElement.prototype;

addEventListener("click", (event) => {
  const button = event.target.closest("button[commandfor]");
  if (button && !native) {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  }
  if (event.target.matches("dialog.dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// what htmx puts into a waiting dialog or popover opens it; a popover stands beside what was pressed
addEventListener("htmx:afterSwap", (event) => {
  const waiting = event.detail.target.closest?.("[data-opens]");
  if (!waiting) return;
  if (waiting.popover === null) {
    if (!waiting.open) waiting.showModal();
    return;
  }
  const source = event.detail.requestConfig.elt;
  waiting.showPopover({ source });
  source.setAttribute("aria-expanded", "true");
  waiting.addEventListener("toggle", () => source.removeAttribute("aria-expanded"), { once: true });
});
