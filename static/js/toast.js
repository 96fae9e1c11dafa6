// Toasts leave after eight seconds (CSS), when dismissed, or by what takes the deed back; a failed htmx request says so
// in one: in the words of whoever refused it, else with a button that asks again.
const region = document.querySelector("[data-toasts]");

const close = (toast) => toast.remove();

const dress = (toast) => {
  const button = toast.querySelector("[data-dismiss]");
  if (button) button.hidden = false;
};

const pressable = (words, name) => {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset[name] = "";
  button.textContent = words;
  return button;
};

export const toast = (text, { stay = false, again } = {}) => {
  const line = document.createElement("div");
  line.className = stay ? "toast stay" : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (again) {
    const button = pressable(document.body.dataset.again, "again");
    button.addEventListener("click", () => (close(line), again()));
    line.append(button);
  }
  line.append(pressable(document.body.dataset.close, "dismiss"));
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

  // the same request once more, from the same place
  const asked = ({ elt, requestConfig: { verb, path } }) => () => elt.isConnected && htmx.ajax(verb, path, { source: elt });
  const refusal = (xhr) => new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("main .empty p")?.textContent;

  addEventListener("htmx:responseError", ({ detail }) => {
    const refused = detail.xhr.status < 500 && refusal(detail.xhr);
    if (refused) toast(refused, { stay: true });
    else toast(document.body.dataset.failed, { stay: true, again: asked(detail) });
  });
  // without network, a link that would have opened in place may still lead to its kept page
  addEventListener("htmx:sendError", ({ detail }) => detail.elt.matches?.("a[data-else]") ? location.assign(detail.elt.href) : toast(document.body.dataset.offline, { stay: true, again: asked(detail) }));
  addEventListener("htmx:timeout", ({ detail }) => toast(document.body.dataset.failed, { stay: true, again: asked(detail) }));
}
