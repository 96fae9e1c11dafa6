// Logging out: what is not on the server goes there first; if it cannot, the person says whether to wait. Then nothing of
// anybody remains in this browser.
import { drain } from "./queue.js";
import { saveAll } from "./drafts.js";
import { empty, me } from "./store.js";

const dialog = document.querySelector("[data-leaving]");

const leave = async (form) => {
  await empty().catch(() => {});
  form.submit();
};

if (me && dialog) {
  let leaving = null;
  addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-log-out]")) return;
    event.preventDefault();
    leaving = event.target;
    if ((await saveAll()) && (await drain()) && (await saveAll())) leave(leaving);
    else dialog.showModal();
  });
  dialog.querySelector("[data-wait]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-throw-away]").addEventListener("click", () => leave(leaving));
}
