// <form data-queue>: laid into the queue first, then sent with a key of its own. Without the server it waits, over closed
// tabs and ended sessions, and goes out in its turn, once, when its writer is back and connected.
import { handedOver, place } from "./drafts.js";
import { here, send } from "./server.js";
import { all, drop, kept, me, move, number, put } from "./store.js";
import { toast } from "../toast.js";

const AGAIN = 30_000;
const LONGEST = 15_000;
const parts = document.querySelector("template[data-draft-parts]");
const part = (name) => parts.content.querySelector(`[data-part=${name}]`).cloneNode(true);

// done, refused, ended (nobody is logged in), or away
const post = async ({ url, key, body, at }, later) => {
  try {
    const headers = { "Idempotency-Key": key, ...(later && { "Sent-Later": Math.max(0, Math.round((Date.now() - at) / 1000)) }) };
    const answer = await send(url, { method: "POST", body: new URLSearchParams(body), headers, signal: AbortSignal.timeout(LONGEST) });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { outcome: "ended" };
    if (answer.status >= 500 || answer.status === 429) return { outcome: "away" };
    if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) return { outcome: "done", ...(await answer.json()) };
    return { outcome: "refused" };
  } catch {
    return { outcome: "away" };
  }
};

// its text is a draft again; where another one is being written at the same place, beside it
const backToDraft = async (entry, more) => {
  const { key, row } = entry;
  const other = row && (await kept("drafts", row.place).catch(() => null));
  const beside = other && other.writing !== row.writing && !other.sent;
  return move("queue", key, "drafts", row && { ...row, ...more, place: beside ? `${row.place}#${key}` : row.place, at: Date.now(), there: false });
};

const count = async () => {
  const waiting = (await all("queue").catch(() => [])).length;
  document.querySelector(".ptitle [data-part=queued]")?.remove();
  if (!waiting) return;
  const pill = part("queued");
  pill.querySelector("[data-count]").textContent = waiting;
  document.querySelector(".ptitle")?.append(pill);
};

// as the browser itself sends a form: the server says why not, shows both versions, or asks who is there
const sendOpenly = async (url, body) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url, hidden: true });
  const { token } = (await here().catch(() => null)) ?? {};
  for (const [name, value] of [...body, ["csrfmiddlewaretoken", token ?? ""]]) {
    const input = document.createElement("textarea"); // keeps line breaks
    Object.assign(input, { name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
};

const tellRefused = (row) => {
  const banner = part("refused");
  banner.querySelector("button").addEventListener("click", async () => {
    const { refused, ...draft } = row;
    await put("drafts", { ...draft, sent: true });
    sendOpenly(refused.url, refused.body);
  });
  document.querySelector(".banners")?.append(banner);
};

const sendAll = async () => {
  const waiting = (await all("queue")).sort((one, other) => one.at - other.at);
  if (!waiting.length) return true;
  if ((await here().catch(() => null))?.me !== me) return false;
  const words = new Set();
  const said = () => words.size && toast([...words].join(" "));
  for (const entry of waiting) {
    const { outcome, told } = await post(entry, true);
    if (outcome === "away" || outcome === "ended") return said(), false;
    if (outcome === "done") {
      await drop("queue", entry.key);
      (told.length ? told : [part("sent").textContent]).forEach((one) => words.add(one));
    } else {
      await backToDraft(entry, { refused: { url: entry.url, body: entry.body } });
      tellAllRefused();
    }
  }
  said();
  return true;
};

const tellAllRefused = async () => {
  const refused = (await all("drafts").catch(() => [])).filter((row) => row.refused);
  document.querySelectorAll(".banners [data-part=refused]").forEach((banner) => banner.remove());
  refused.forEach(tellRefused);
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
  return { key: number(), at: Date.now(), url: form.action, body, row: handedOver(form) };
};

const waits = (form) => {
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("baton-queue")).catch(() => {}); // once, where the browser can, even when the tab is closed
  if (form.dataset.queue === "again") {
    toast(part("waits").textContent);
    form.dispatchEvent(new Event("queued", { bubbles: true }));
  } else {
    form.replaceWith(part("waiting"));
    document.querySelector("main [data-part=waiting] a")?.focus();
  }
  count();
};

if (me && parts) {
  addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-queue]:not([hx-post])")) return;
    if (event.submitter?.hasAttribute("formaction")) return; // another deed
    event.preventDefault();
    const entry = entryOf(form, event.submitter);
    let queued = true;
    try { await move("drafts", place(form), "queue", entry); } catch { queued = false; }
    const { outcome, leads_to } = await post(entry, false);
    if (outcome === "done") {
      if (queued) await drop("queue", entry.key).catch(() => {});
      location.assign(leads_to);
    } else if (outcome === "away" && queued) waits(form);
    else {
      if (queued) await backToDraft(entry).catch(() => {});
      sendOpenly(entry.url, entry.body);
    }
  });
  // whatever else is sent openly would end on the browser's own page of a lost network
  addEventListener("submit", (event) => {
    const form = event.target;
    const waits = form.matches("[data-queue]") && !event.submitter?.hasAttribute("formaction");
    if (navigator.onLine || event.defaultPrevented || waits || form.method !== "post" || form.matches("[hx-post], [data-log-out]")) return;
    event.preventDefault();
    form.dispatchEvent(new Event("stayed", { bubbles: true }));
    toast(part("stayed").textContent);
  });
  addEventListener("online", drain);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "network" && drain());
  setInterval(async () => (await all("queue").catch(() => [])).length && drain(), AGAIN);
  drain();
  tellAllRefused();
}
