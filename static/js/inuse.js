// How long each form is really in use: the hands are in it, the window has the focus, and a pause is no longer than 30 s.
// Whatever sends a form (the browser, htmx, the queue) makes its FormData: the time goes along, counted up per form.
import { number } from "./offline/store.js";

const LONGEST_PAUSE = 30_000;
const { inUseSince, inUse } = document.body.dataset;
const forms = new Map(); // the address that it is sent to → { part, time }
let using = null; // the form with the hands in it
let last = 0; // when they last did something

const since = inUseSince ?? `offline:${number()}`;

const measured = (form) =>
  form?.getAttribute("method")?.toLowerCase() === "post" && form.querySelector("textarea, select, input:not([type=hidden])") ? form : null;

const of = (form) => {
  const address = new URL(form.getAttribute("hx-post") ?? form.getAttribute("action") ?? "", location.href).pathname;
  if (!forms.has(address)) forms.set(address, { part: 1 + Math.max(0, ...[...forms.values()].map(({ part }) => part)), time: 0 });
  return forms.get(address);
};

const pause = () => {
  const past = performance.now() - last;
  return past <= LONGEST_PAUSE ? past : 0;
};

const handsIn = (form) => {
  if (using) of(using).time += pause();
  using = form;
  last = performance.now();
};

const formAt = (element) => measured(element?.form ?? element?.closest?.("form"));

if (document.querySelector("[data-me]")) {
  if (inUse) {
    const [time, part] = inUse.split(".").map(Number);
    forms.set(location.pathname, { part, time });
  }
  for (const kind of ["focusin", "pointerdown", "keydown", "input", "change"]) {
    addEventListener(kind, ({ target }) => handsIn(formAt(target)), { capture: true, passive: true });
  }
  addEventListener("blur", ({ target }) => target === window && handsIn(null));
  addEventListener("focus", ({ target }) => target === window && handsIn(formAt(document.activeElement)));
  document.addEventListener("visibilitychange", () => handsIn(document.hidden ? null : formAt(document.activeElement)));
  handsIn(formAt(document.activeElement)); // a field that has the focus from the start

  addEventListener("formdata", ({ target, formData }) => {
    if (!measured(target)) return;
    const { part, time } = of(target);
    const used = Math.round(time + (using === target ? pause() : 0));
    if (!used) return;
    formData.set("in_use", `${used}.${part}`);
    formData.set("in_use_since", since);
  });
}
