// Toasts leave after eight seconds (CSS), when dismissed, or by what takes the deed back; a failed htmx request says so in one.
const region = document.querySelector("[data-toasts]");

const close = (toast) => toast.remove();

const dress = (toast) => {
  const button = toast.querySelector("[data-dismiss]");
  if (button) button.hidden = false;
};

export const toast = (text, { stay = false } = {}) => {
  const line = document.createElement("div");
  line.className = stay ? "toast stay" : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.dismiss = "";
  button.textContent = document.body.dataset.close;
  line.append(words, button);
  region.append(line);
  while (region.children.length > 3) region.firstElementChild.remove();
};

if (region) {
  // put in again after loading, so that readers hear what came with the page
  const waiting = [...region.children];
  waiting.forEach(dress);
  requestAnimationFrame(() => region.append(...waiting));

  region.addEventListener("click", (event) => event.target.closest("[data-dismiss]") && close(event.target.closest(".toast")));
  region.addEventListener("animationend", (event) => event.animationName === "toast-out" && close(event.target));

  addEventListener("htmx:responseError", () => toast(document.body.dataset.failed, { stay: true }));
  addEventListener("htmx:sendError", () => toast(document.body.dataset.offline, { stay: true }));
  addEventListener("htmx:timeout", () => toast(document.body.dataset.failed, { stay: true }));
}
