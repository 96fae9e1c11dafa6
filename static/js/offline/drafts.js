// What is written into a form is kept while it is written: in this browser every 300 ms, on the server 800 ms after the
// last key. Opened again, here or on another device, the form offers it. Passwords and files are never kept.
import { caret, differing, fill, goTo, hidden, inWords, joined, same, written } from "./fields.js";
import { askJSON, send } from "./server.js";
import { all, drop, hand, kept, me, number, put } from "./store.js";

const HERE = 300;
const THERE = 800;
const AGAIN = 30_000;
const drafts = new Map(); // form → its draft
const parts = document.querySelector("template[data-draft-parts]");
const url = document.querySelector("[data-me]")?.dataset.draftUrl;

export const place = (form) => {
  const address = new URL(form.getAttribute("hx-post") ?? form.getAttribute("action") ?? "", location.href);
  for (const passing of ["from", "page", "result"]) address.searchParams.delete(passing);
  return address.pathname + address.search;
};

export const drafted = (form) =>
  Boolean(me) && form.method === "post" && form.matches(":is(:has(textarea), [data-draft]):not(:has([type=password], [type=file])):not([data-no-draft])");

const part = (name) => parts.content.querySelector(`[data-part=${name}]`).cloneNode(true);

const show = (draft, state) => {
  if (draft.state === state) return;
  draft.state = state;
  draft.pill?.remove();
  draft.pill = part(state);
  (draft.form.querySelector(".foot, .thumb") ?? draft.form).append(draft.pill);
};

const line = (draft, name, act) => {
  draft.line?.remove();
  draft.line = name && part(name);
  if (!draft.line) return;
  draft.line.querySelector("button").addEventListener("click", act);
  draft.form.prepend(draft.line);
};

const row = (draft) => {
  const { form, place, writing, step, names, first, sent, seen } = draft;
  const now = written(form);
  const values = differing(now, first);
  names.forEach((name) => name in now && (values[name] = now[name]));
  return { place, writing, step, hand, seen, sent, at: Date.now(), content: { values, hidden: hidden(form), caret: caret(form) } };
};

const saveHere = (draft) => {
  clearTimeout(draft.here);
  draft.here = null;
  draft.step += 1;
  draft.row = row(draft);
  return put("drafts", draft.row).catch(() => {});
};

const saveThere = async (draft, options = {}) => {
  clearTimeout(draft.there);
  draft.there = null;
  if (draft.here) saveHere(draft);
  if (!draft.row || draft.saved === draft.row.step) return true;
  if (draft.elsewhere) return false; // its writer is asked
  const { step } = draft.row;
  show(draft, "saving");
  try {
    const answer = await send(url, { method: "POST", body: JSON.stringify({ ...draft.row, seen: draft.seen }), headers: { "Content-Type": "application/json" }, ...options });
    if (answer.status === 409) return ask(draft, (await answer.json()).elsewhere);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { open, seen } = await answer.json();
    draft.seen = seen;
    if (!open) Object.assign(draft, { writing: number(), step: 0, saved: null }); // sent from elsewhere: what is written now is new
    else if (((draft.saved = step), draft.row?.step === step)) put("drafts", (draft.row = { ...draft.row, seen, there: true })).catch(() => {});
    if (!draft.there) show(draft, "saved");
    return true;
  } catch {
    show(draft, "local");
    draft.there ??= setTimeout(saveThere, AGAIN, draft);
    return false;
  }
};

const changed = (draft) => {
  if (draft.filling) return;
  draft.touched = true;
  const now = written(draft.form);
  Object.keys(differing(now, draft.first)).forEach((name) => draft.names.add(name));
  draft.sent = false;
  if (draft.elsewhere) draft.box.querySelector("[data-mine]").textContent = inWords(draft.form, row(draft).content.values) || "—";
  draft.here ??= setTimeout(saveHere, HERE, draft);
  clearTimeout(draft.there);
  draft.there = setTimeout(saveThere, THERE, draft);
};

const filled = (draft, ...given) => {
  draft.filling = true;
  fill(draft.form, ...given);
  draft.filling = false;
};

const putIn = (draft, { values, hidden: unseen, caret: at }) => {
  filled(draft, values, unseen);
  const there = written(draft.form);
  draft.later = Object.fromEntries(Object.entries(values).filter(([name]) => !(name in there)));
  if (draft.place === place({ getAttribute: () => null })) goTo(draft.form, at); // the page's own form, not one beside it
};

// fields that came later, from the server: what was chosen in them before is chosen again, the rest is not the writer's
const arrived = (draft) => {
  const now = written(draft.form);
  const chosen = Object.fromEntries(Object.entries(draft.later ?? {}).filter(([name]) => name in now));
  for (const name in chosen) delete draft.later[name];
  filled(draft, chosen);
  for (const name in now) if (!draft.names.has(name)) draft.first[name] = now[name];
};

// another device has written into this form what was not read here: both are shown, and neither goes before one is chosen
const ask = (draft, elsewhere) => {
  const mine = row(draft).content;
  const box = part("elsewhere");
  const said = (name, words) => (box.querySelector(`[data-${name}]`).textContent = words || "—");
  draft.box?.remove();
  Object.assign(draft, { elsewhere, box });
  draft.pill?.remove();
  draft.state = null;
  line(draft, null);
  said("when", new Date(elsewhere.at).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }));
  said("theirs", inWords(draft.form, elsewhere.content.values));
  said("mine", inWords(draft.form, mine.values));
  if (!joined(draft.form, elsewhere.content.values, mine.values).any) box.querySelector("[value=both]").closest("label").remove();
  for (const kind of ["input", "change"]) box.addEventListener(kind, (event) => event.stopPropagation());
  box.addEventListener("change", ({ target }) => choose(draft, target.value));
  draft.form.prepend(box);
  return false;
};

const choose = (draft, which) => {
  const { elsewhere, form } = draft;
  const mine = row(draft).content;
  const theirs = elsewhere.content;
  draft.box.remove();
  Object.assign(draft, { elsewhere: null, seen: elsewhere.seen });
  filled(draft, draft.first, draft.unseen);
  if (which === "theirs") {
    Object.assign(draft, { writing: elsewhere.writing, step: elsewhere.step, names: new Set(Object.keys(theirs.values)) });
    putIn(draft, theirs);
  } else filled(draft, which === "both" ? joined(form, theirs.values, mine.values).values : mine.values, mine.hidden);
  changed(draft);
  saveThere(draft);
  line(draft, "chosen", () => {
    filled(draft, draft.first, draft.unseen);
    putIn(draft, mine);
    saveHere(draft);
    ask(draft, elsewhere);
    draft.box.querySelector("input").focus();
  });
  draft.line.querySelector("button").focus();
};

const anew = (draft) => Object.assign(draft, { writing: number(), step: 0, saved: null, row: null, names: new Set(), touched: false, sent: false });

const discard = (draft) => {
  const before = row(draft);
  for (const timer of ["here", "there"]) draft[timer] = clearTimeout(draft[timer]);
  drop("drafts", draft.place).catch(() => {});
  send(url, { method: "DELETE", body: JSON.stringify(before) }).catch(() => {});
  anew(draft);
  filled(draft, draft.first, draft.unseen);
  draft.pill?.remove();
  draft.state = null;
  line(draft, "discarded", () => {
    putIn(draft, { ...before.content, hidden: {} });
    line(draft, null);
    changed(draft);
    draft.form.querySelector("textarea, input:not([type=hidden])")?.focus();
  });
  draft.line.querySelector("button").focus();
};

// what was kept goes into the form, unless it stands there already (the page came back with faults)
const restore = (draft, found) => {
  const { values } = found.content;
  Object.assign(draft, { writing: found.writing, step: found.step, seen: found.seen, names: new Set(Object.keys(values)), row: { ...found, place: draft.place } });
  if (same(values, Object.fromEntries(Object.keys(values).map((name) => [name, written(draft.form)[name]])))) return;
  if (draft.form.querySelector("[aria-invalid=true], .banner.alert")) return;
  putIn(draft, found.content);
  line(draft, "opened", () => discard(draft));
};

// words that came with the address were written elsewhere: they are kept from now on, below what was written here
const bring = (draft) => {
  for (const input of draft.form.querySelectorAll("textarea")) {
    const brought = input.defaultValue;
    if (!brought) continue;
    draft.first[input.name] = [""];
    if (!input.value.includes(brought)) input.value = `${input.value}\n${brought}`.trim();
  }
  changed(draft);
};

// whether what was written here has served: it was sent or thrown away, and not by another device that had not read it
const served = (known, row) => Boolean(known?.closed && known.writing === row?.writing && (!known.hand || known.hand === hand || row.there));

const begin = async (form, there) => {
  if (drafts.has(form)) return;
  const draft = { form, place: place(form), writing: number(), step: 0, names: new Set(), first: written(form), unseen: hidden(form) };
  drafts.set(form, draft);
  if ("left" in form.dataset) { // it came back with what was not kept of it: that is a writing of its own
    draft.first = Object.fromEntries(Object.entries(draft.first).map(([name, values]) => [name, values.map(() => "")]));
    return changed(draft);
  }
  const found = await kept("drafts", draft.place).catch(() => null);
  if (found && !found.sent && !draft.touched) restore(draft, found);
  const known = (await there)?.drafts[draft.place];
  if (served(known, found)) {
    await drop("drafts", draft.place).catch(() => {});
    if (!draft.touched) filled(draft, draft.first, draft.unseen), line(draft, null), anew(draft);
    return;
  }
  if (draft.touched) return;
  if (known?.closed && known.writing === found?.writing) { // sent elsewhere without these words: they are a writing of their own
    if (found.sent) restore(draft, found);
    draft.writing = number();
    saveHere(draft);
    return void saveThere(draft);
  }
  const foreign = known && !known.closed && known.hand !== hand;
  if (foreign && found && !found.there && !same(known.content.values, found.content.values)) {
    if (found.sent) restore(draft, found);
    return ask(draft, known);
  }
  const newer = known && !known.closed && (!found || foreign || (known.writing === found.writing ? known.step > found.step : known.at > found.at));
  if (newer) restore(draft, known);
  else if (found?.sent) restore(draft, found);
  if (newer) draft.saved = known.step;
  if (known && known.writing === draft.writing && known.step === draft.step) draft.saved = known.step;
  if (!draft.line) return;
  if (draft.saved === draft.step) show(draft, "saved");
  else saveThere(draft); // what only this browser knew
};

// one question for all forms that came with the page, and for what was sent from the page before
const beginAll = async (root) => {
  const forms = [...root.querySelectorAll("form"), ...(root.matches?.("form") ? [root] : [])].filter(drafted).filter((form) => !drafts.has(form));
  const sent = root === document ? (await all("drafts").catch(() => [])).filter((one) => one.sent) : [];
  const places = new Set([...forms.map(place), ...sent.map((one) => one.place)]);
  if (!places.size) return;
  const there = askJSON(`${url}?${new URLSearchParams([...places].map((one) => ["place", one]))}`).catch(() => null);
  await Promise.all(forms.map(async (form) => {
    await begin(form, there);
    if ("brought" in form.dataset) bring(drafts.get(form));
  }));
  const known = (await there)?.drafts ?? {};
  for (const row of sent) if (served(known[row.place], row)) drop("drafts", row.place).catch(() => {});
};

// before logging out: whether the server has all of it, of forms that are not open as well
export const saveAll = async () => {
  drafts.forEach((draft) => draft.here && draft.form.isConnected && saveHere(draft));
  try {
    for (const row of await all("drafts")) {
      if (row.there) continue;
      if (row.place.includes("#")) return false; // beside another one: no form would show it again
      const answer = await send(url, { method: "POST", body: JSON.stringify(row), headers: { "Content-Type": "application/json" } });
      if (!answer.ok) return false;
      await put("drafts", { ...row, there: true });
    }
    return true;
  } catch {
    return false;
  }
};

// the form's text passes to the queue: what it was, for the way back
export const handedOver = (form) => {
  const draft = drafts.get(form);
  if (!draft) return null;
  for (const timer of ["here", "there"]) draft[timer] = clearTimeout(draft[timer]);
  return { ...row(draft), sent: false };
};

if (me && url && parts) {
  for (const kind of ["input", "change"]) addEventListener(kind, ({ target }) => drafts.has(target.form) && changed(drafts.get(target.form)));
  addEventListener("submit", ({ target }) => {
    const draft = drafts.get(target);
    if (!draft?.row && !draft?.touched) return;
    draft.sent = true;
    draft.there = clearTimeout(draft.there);
    saveHere(draft);
  });
  addEventListener("formdata", ({ target, formData }) => {
    const draft = drafts.get(target);
    if (!draft) return;
    formData.set("draft_place", draft.place);
    formData.set("draft_writing", draft.writing);
    formData.set("draft_hand", hand);
    formData.set("draft_seen", draft.seen ?? "");
  });
  addEventListener("htmx:afterSwap", () => drafts.forEach((draft) => draft.form.isConnected && arrived(draft)));
  // the line passed to the queue, and the form is there for the next one
  addEventListener("queued", ({ target }) => {
    const draft = drafts.get(target);
    if (!draft) return;
    anew(draft);
    filled(draft, draft.first, draft.unseen);
    line(draft, null);
    draft.pill?.remove();
    draft.state = null;
  });
  const leave = () => drafts.forEach((draft) => {
    if (!draft.form.isConnected || draft.sent) return;
    if (draft.here) saveHere(draft);
    if (draft.there) saveThere(draft, { keepalive: true });
  });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("online", () => drafts.forEach((draft) => draft.form.isConnected && saveThere(draft)));
  addEventListener("htmx:load", ({ detail }) => beginAll(detail.elt));
  beginAll(document);
}
