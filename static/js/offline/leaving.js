// Logging out: what is not on the server goes there first; if it cannot, the person says whether to wait. Then nothing of
// theirs remains in this browser, and of others only what waits for them to come back.
import { drain } from "./queue.js";
import { saveAll } from "./drafts.js";
import { empty, me } from "./store.js";

const dialog = document.querySelector("[data-leaving]");

const leave = async (form) => {
  if (await empty().catch(() => false)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "others_wait", value: "1" }));
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
