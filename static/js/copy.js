// <button data-copy="id" hidden> puts what stands there on the clipboard, where the browser lets a page do so.
import { toast } from "./toast.js";

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));

addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const place = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(place.value ?? place.innerText);
  toast(button.dataset.copied);
});
