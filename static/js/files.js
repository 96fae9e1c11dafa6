// <form data-drop-files>: files dropped on it, or chosen, are sent at once.
const zone = (event) => event.target.closest?.("[data-drop-files]");
const holds = (event) => event.dataTransfer?.types.includes("Files");

addEventListener("dragover", (event) => {
  if (!holds(event)) return;
  document.querySelectorAll("[data-drop-files]").forEach((form) => form.classList.toggle("over", form === zone(event)));
  if (zone(event)) event.preventDefault();
});

addEventListener("dragleave", (event) => zone(event)?.contains(event.relatedTarget) || zone(event)?.classList.remove("over"));

addEventListener("drop", (event) => {
  const form = zone(event);
  if (!form || !holds(event)) return;
  event.preventDefault();
  form.classList.remove("over");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  form.requestSubmit();
});

addEventListener("change", (event) => event.target.matches("[data-drop-files] input[type=file]") && event.target.form.requestSubmit());
