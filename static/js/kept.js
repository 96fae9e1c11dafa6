// What was sent after the session had ended is not lost: it waits in this tab until its writer has logged in again and
// is back on the page. Nobody else is given it, and passwords and files are never kept. Forms with drafts have those.
import { drafted } from "./offline/drafts.js";
import { toast } from "./toast.js";

const me = document.querySelector("[data-me]")?.dataset.me;
const here = location.pathname + location.search;
const place = (form) => [...document.forms].indexOf(form);

const written = (form) => form.querySelector("textarea, select, input:not([type=hidden])") && !form.querySelector("[type=password], [type=file]");

const keep = (form) => {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  sessionStorage.unsent = JSON.stringify({ me, here, place: place(form), fields });
};

const fill = (form, fields) => {
  form.querySelectorAll("input:is([type=checkbox], [type=radio])").forEach((input) => (input.checked = false));
  fields.forEach(([name, value]) => {
    const inputs = [...form.elements].filter((input) => input.name === name);
    const chosen = inputs.find((input) => /^(checkbox|radio)$/.test(input.type) && input.value === value);
    if (chosen) chosen.checked = true;
    else if (inputs[0]) inputs[0].value = value;
    (chosen ?? inputs[0])?.dispatchEvent(new Event("input", { bubbles: true }));
  });
};

const back = () => {
  const { unsent } = sessionStorage;
  delete sessionStorage.unsent;
  const kept = unsent && JSON.parse(unsent);
  const form = kept && document.forms[kept.place];
  if (!form || kept.me !== me || kept.here !== here || !document.referrer.startsWith(`${location.origin}/login/`)) return;
  fill(form, kept.fields);
  toast(document.body.dataset.kept, { stay: true });
};

if (me) {
  try { back(); } catch { /* no storage: the browser's own way back remains */ }

  addEventListener("submit", ({ target }) => {
    if (target.method !== "post" || !written(target) || drafted(target)) return;
    try { keep(target); } catch { /* as above */ }
  }, true);
  addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && !detail.xhr.getResponseHeader("HX-Redirect")) delete sessionStorage.unsent;
  });
}
