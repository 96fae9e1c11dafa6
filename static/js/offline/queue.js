// <form data-queue>: laid into the queue first, then sent with a key of its own. Without the server it waits, over closed
// tabs and ended sessions, and goes out in its turn, once, when its writer is back and connected.
import { handedOver, place } from "./drafts.js";
import { here, send } from "./server.js";
import { all, drop, me, move, number } from "./store.js";
import { toast } from "../toast.js";

const AGAIN = 30_000;
const LONGEST = 15_000;
const parts = document.querySelector("template[data-draft-parts]");
const part = (name) => parts.content.querySelector(`[data-part=${name}]`).cloneNode(true);

// done, refused, ended (nobody is logged in), or away
const post = async ({ url, key, body }, later) => {
  try {
    const headers = { "Idempotency-Key": key, ...(later && { "Sent-Later": "1" }) };
    const answer = await send(url, { method: "POST", body: new URLSearchParams(body), headers, signal: AbortSignal.timeout(LONGEST) });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { outcome: "ended" };
    if (answer.status >= 500 || answer.status === 429) return { outcome: "away" };
    if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) return { outcome: "done", ...(await answer.json()) };
    return { outcome: "refused" };
  } catch {
    return { outcome: "away" };
  }
};

const backToDraft = ({ key, row }) => move("queue", key, "drafts", row && { ...row, at: Date.now(), there: false });

const count = async () => {
  const waiting = (await all("queue").catch(() => [])).length;
  document.querySelector(".ptitle [data-part=queued]")?.remove();
  if (!waiting) return;
  const pill = part("queued");
  pill.querySelector("[data-count]").textContent = waiting;
  document.querySelector(".ptitle")?.append(pill);
};

const tellRefused = ({ page }) => {
  const banner = part("refused");
  banner.querySelector("a").href = page;
  document.querySelector(".banners")?.append(banner);
};

const sendAll = async () => {
  const waiting = (await all("queue")).sort((one, other) => one.at - other.at);
  if (!waiting.length) return true;
  if ((await here().catch(() => null))?.me !== me) return false;
  for (const entry of waiting) {
    const { outcome, told } = await post(entry, true);
    if (outcome === "away" || outcome === "ended") return false;
    if (outcome === "done") {
      await drop("queue", entry.key);
      toast(told.join(" ") || part("sent").textContent);
    } else {
      await backToDraft(entry);
      tellRefused(entry);
    }
  }
  return true;
};

let sending = null;
// everything that waits, in order; whether nothing waits any more. One tab at a time, where the browser can say so.
export const drain = () =>
  (sending ??= (navigator.locks ? navigator.locks.request("baton-queue", sendAll) : sendAll())
    .catch(() => false)
    .finally(() => {
      sending = null;
      count();
    }));

const entryOf = (form, submitter) => {
  const body = [...new FormData(form, submitter)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  return { key: number(), at: Date.now(), url: form.action, page: location.pathname + location.search, body, row: handedOver(form) };
};

if (me && parts) {
  addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-queue]:not([hx-post])")) return;
    event.preventDefault();
    const entry = entryOf(form, event.submitter);
    let queued = true;
    try { await move("drafts", place(form), "queue", entry); } catch { queued = false; }
    const { outcome, leads_to } = await post(entry, false);
    if (outcome === "done") {
      if (queued) await drop("queue", entry.key).catch(() => {});
      location.assign(leads_to);
    } else if (outcome === "away" && queued) {
      form.replaceWith(part("waiting"));
      document.querySelector("main [data-part=waiting] a")?.focus();
      count();
    } else {
      if (queued) await backToDraft(entry).catch(() => {});
      form.submit(); // the server says why, or asks who is there
    }
  });
  addEventListener("online", drain);
  setInterval(async () => (await all("queue").catch(() => [])).length && drain(), AGAIN);
  drain();
}
