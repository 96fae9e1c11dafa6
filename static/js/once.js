// <form data-once>: two clicks send once; the pressed button shows dots and keeps its width.
const sent = new WeakSet();

const release = (form) => {
  sent.delete(form);
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};

addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (sent.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
  },
  true,
);

// sent to where it waits, and there for the next one; or not sent at all
for (const name of ["queued", "stayed"]) addEventListener(name, ({ target }) => release(target));
// back from the next page, or answered in place by htmx
addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-once]").forEach(release));
addEventListener("htmx:afterRequest", (event) => event.target.matches?.("form[data-once]") && release(event.target));
