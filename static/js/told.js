// Who came from a mail has read what it told: `told` in the address names it, and is gone from there at once.
import { send } from "./offline/server.js";

const here = new URL(location.href);
const told = here.searchParams.get("told");
const counts = document.querySelector("[data-counts-url]")?.dataset.countsUrl;

if (told && counts) {
  here.searchParams.delete("told");
  history.replaceState(history.state, "", here);
  send(counts.replace("counts", `${encodeURIComponent(told)}/seen`), { method: "POST" })
    .then((answer) => answer.ok && document.dispatchEvent(new Event("baton:counts")))
    .catch(() => {});
}
