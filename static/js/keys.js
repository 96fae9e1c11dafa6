// Keys of the whole product; components/keys.html lists them. Single keys only while no field has the focus and no
// dialog is open, and not where this browser switched them off (WCAG 2.1.4).
import * as capture from "./capture.js";

const dialog = document.querySelector("dialog[data-keys]");
const single = document.querySelector("[data-single-keys]");
const kept = () => { try { return localStorage.keys; } catch { return undefined; } };
const PLACE = ".tbl tbody th a, .rows > li > a, .kcard h3 a, .fcard h3 a, .slips .hd a, .sched .btn, [data-row]";
const ROW = "article, li, tr";

let leads = 0; // until when G waits for its second key

const visible = (selector) => [...document.querySelectorAll(selector)].find((found) => found.checkVisibility());
const follow = (selector) => {
  const link = visible(selector);
  link?.click();
  return Boolean(link);
};

const step = (by) => {
  const rows = [...document.querySelectorAll(`main :is(${PLACE})`)].filter((row) => row.checkVisibility());
  const now = rows.indexOf(document.activeElement);
  const next = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
};

// the nth of the words with which the report that has the focus is answered
const react = (number) => {
  const button = document.activeElement?.closest("article")?.querySelectorAll("[data-react]")[number - 1];
  button?.click();
  return Boolean(button);
};

const show = () => {
  document.querySelectorAll("dialog[open]").forEach((other) => other.close());
  dialog.showModal();
  return true;
};

const KEYS = {
  "/": () => {
    const field = visible("main input[type=search]");
    field?.select();
    field?.focus();
    return Boolean(field);
  },
  "?": show,
  n: capture.open,
  c: () => {
    const record = 'a[href*="/follows/record/?"]';
    const here = document.activeElement.closest(ROW)?.querySelector(record);
    return here ? (here.click(), true) : follow(`main ${record}`);
  },
  e: () => follow(`main a[href="${location.pathname}change/"]`),
  u: () => follow("[data-next-unread]"),
  j: () => follow("[data-neighbour=next]") || step(1),
  k: () => follow("[data-neighbour=previous]") || step(-1),
  g: () => Boolean((leads = Date.now() + 1500)),
};

const pressed = (event) => {
  const key = event.key.toLowerCase();
  if (leads > Date.now()) {
    leads = 0;
    const there = dialog.querySelector(`[data-go-key="${CSS.escape(key)}"]`);
    if (there) location.assign(there.href);
    return Boolean(there);
  }
  return KEYS[key]?.() ?? (/^[1-9]$/.test(key) && react(Number(key)));
};

const writing = (target) => target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select");

const withControl = (event) => {
  // where nothing has the focus, what stands under the thumb is what the page is for
  const form = event.target === document.body ? document.querySelector("main form:has(> .thumb .pri)") : event.target.closest?.("form");
  if (event.key === "Enter" && form && event.target.matches("body, input, textarea, select, button[type=button]") && !event.target.closest("[data-palette]")) {
    form.requestSubmit(form.querySelector("button.pri:not([type=button])"));
    return true;
  }
  return event.key === "z" && !writing(event.target) && follow("[data-toasts] .toast:last-child [data-undo]");
};

// Back from a record, its row's link has the focus: J, K and Enter go on from there. Going to the row itself, the
// browser takes the focus away, so this comes after.
addEventListener("load", () => document.querySelector("tr:target th a")?.focus({ preventScroll: true }));

if (dialog) {
  single.checked = kept() !== "off";
  single.addEventListener("change", () => {
    try { localStorage.keys = single.checked ? "on" : "off"; } catch { /* private window: until the page is left */ }
  });

  addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) {
      if (withControl(event)) event.preventDefault();
      return;
    }
    if (!single.checked || writing(event.target) || document.querySelector("dialog[open], :popover-open")) return;
    if (pressed(event)) event.preventDefault();
  });

  addEventListener("click", (event) => event.target.closest("[data-show-keys]") && show());
}
