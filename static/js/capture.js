// ひとことで記録: reads while one writes, keeps on Enter, closes on Esc; N opens it over any page.
import { number } from "./offline/store.js";

const form = () => document.querySelector("[data-capture]");
const line = () => document.querySelector("#capture-line");
const chips = () => document.querySelector("#capture-chips");

let readText = ""; // the line that the chips on the page were read from
let keepWhenRead = false;

const rows = (text) => text.split("\n").map((row) => row.trim()).filter(Boolean).join("\n");

const read = () => window.htmx.trigger(line(), "read");

const unread = (shown) => {
  const note = form()?.querySelector("[data-unread]");
  if (note) note.hidden = !shown;
};

const dress = () => {
  const button = form()?.querySelector("[data-read-line]");
  if (button) button.hidden = true;
  if (line() && matchMedia("(max-width: 760px)").matches) line().placeholder = line().dataset.short;
  const back = form()?.querySelector("[data-back-here]");
  // where the line was written is where its writer goes on, but on the page that is only for writing
  if (back && !back.value && !document.querySelector("main [data-capture-page]")) back.value = location.pathname + location.search;
  readText = form()?.querySelector("[name=read]")?.value ?? "";
};

const keep = () => {
  const save = chips().querySelector("[data-save]");
  const missing = chips().querySelector("[data-missing]");
  if (!missing && save && !save.disabled) return form().requestSubmit(save);
  const asks = chips().querySelector(".cap[data-asks]");
  if (asks) asks.open = true;
  return (asks?.querySelector("input:not([type=hidden]), select") ?? line()).focus();
};

addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const writing = event.target === line();
  if (event.key === "Enter" && writing && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    if (!line().value.trim()) return;
    if (!chips().hidden && rows(readText) === rows(line().value)) keep();
    else {
      keepWhenRead = true;
      read();
    }
  }
  if (event.key === "Enter" && event.target.id === "capture-company") {
    event.preventDefault();
    read();
  }
  if (event.key === "Escape" && form()?.contains(event.target) && !form().closest("dialog") && !chips().hidden) {
    chips().hidden = true;
    line().focus();
  }
});

addEventListener("input", (event) => {
  if (event.target !== line()) return;
  keepWhenRead = false;
  if (line().value.trim()) return;
  chips().hidden = true;
  unread(false);
});

// a line that was put back is read when its writer goes on with it, not over a page that was opened for something else
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === line() && !form().contains(document.activeElement) && !form().closest("dialog, [data-capture-page]")) event.preventDefault();
});
addEventListener("focusin", ({ target }) => target === line() && target.value.trim() && chips().hidden && form().querySelector("[data-unread]").hidden && read());

// without the server it is sent as it is: nobody has seen how it is read, so it will wait for a look
document.addEventListener("htmx:sendError", (event) => {
  if (event.target !== line()) return;
  event.stopPropagation();
  chips().hidden = true;
  unread(Boolean(line().value.trim()));
  if (!keepWhenRead) return;
  keepWhenRead = false;
  form().requestSubmit(form().querySelector("[data-unread] button"));
});

addEventListener("queued", ({ target }) => {
  if (target !== form()) return;
  chips().hidden = true;
  unread(false);
  readText = "";
  const key = form().querySelector("[name=key]");
  key.value = key.defaultValue = number();
  form().querySelector("[name=read]")?.remove();
  line().focus();
});

// what was corrected is read at once
addEventListener("change", (event) => chips()?.contains(event.target) && event.target.id !== "capture-company" && read());

addEventListener("click", (event) => {
  if (event.target.closest("[data-capture] [data-search]")) {
    event.preventDefault();
    read();
  }
  const begin = event.target.closest("[data-begin-line]");
  if (begin && line() && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    line().value = `${begin.dataset.beginLine} ${line().value.trimStart()}`;
    line().focus();
    line().setSelectionRange(line().value.length, line().value.length);
    read();
  }
});

addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "capture-chips") {
    unread(false);
    readText = chips().querySelector("[name=read]")?.value ?? "";
    if (document.activeElement === document.body) (chips().querySelector("details[open] input[type=search]") ?? line()).focus();
    if (keepWhenRead) {
      keepWhenRead = false;
      keep();
    }
  }
});

// the line that came into the dialog listens only now
addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "capture-form") return;
  dress();
  line().focus();
  if (line().value.trim()) read();
});

export const open = () => {
  const here = document.querySelector("main #capture-line");
  const dialog = document.querySelector("dialog[data-capture-dialog]");
  if (here?.checkVisibility()) here.focus();
  else if (dialog?.querySelector("#capture-line")) {
    dialog.showModal();
    line().focus();
  } else if (dialog) {
    const opened = window.htmx.ajax("GET", dialog.dataset.captureDialog, { target: "dialog #capture-form", swap: "innerHTML" });
    opened.catch(() => location.assign(dialog.dataset.captureDialog)); // without the server there is the page that was laid up
  }
  return Boolean(here || dialog);
};

dress();
