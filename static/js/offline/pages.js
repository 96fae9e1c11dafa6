// Today, its visits and their reports are laid up for the way without network: as the server writes them for keeping,
// without token and nonce, under the name of whoever is logged in. What others left goes.
import { here } from "./server.js";
import { me, number } from "./store.js";

const TODAY = "/today/";
const ALWAYS = document.querySelector("[data-capture-dialog]") ? ["/capture/", "/daily/"] : ["/daily/"];
const REPORTED = /^\/visits\/[0-9a-f-]{36}\/$/;
const KEPT = /^\/(visits\/[0-9a-f-]{36}\/((report|prepare)\/)?|follows\/record\/|daily\/.*)$/;
const FRESH = 10 * 60_000;
const name = `baton-pages:${me}`;

// a kept page may be opened many times: what comes of each is a record of its own
if (document.querySelector("[data-kept-page]")) {
  document.querySelectorAll("input[type=hidden][name=key]").forEach((key) => (key.value = key.defaultValue = number()));
  const connect = async () => {
    const said = await here().catch(() => null);
    if (said?.me !== me) return;
    document.querySelector("[data-kept-at]")?.remove();
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": said.token }));
    document.querySelectorAll("form[method=post]:not(:has([name=csrfmiddlewaretoken]))").forEach((form) => {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: said.token }));
    });
  };
  connect();
  addEventListener("online", connect);
  addEventListener("online", () => document.querySelector("main form :is(textarea, input:not([type=hidden]))") || location.reload());
}

const layUp = async (cache, address) => {
  const answer = await fetch(address, { headers: { "Kept-Page": "1" }, cache: "no-store" });
  if (answer.ok && !answer.redirected && answer.headers.get("Kept-Page") === me) await cache.put(address, answer);
};

const addresses = () => {
  const found = new Set(ALWAYS.map((path) => new URL(path, location).href));
  for (const { href } of document.querySelectorAll("main a[href]")) {
    const url = new URL(href);
    url.searchParams.delete("from");
    url.hash = "";
    if (url.origin !== location.origin || !KEPT.test(url.pathname)) continue;
    found.add(url.href);
    if (REPORTED.test(url.pathname)) found.add(`${url.href}report/`);
  }
  return [...found];
};

const old = async (cache, address) => {
  const kept = await cache.match(address, { ignoreVary: true });
  return !kept || Date.now() - new Date(kept.headers.get("Date")) > FRESH;
};

const keep = async () => {
  const others = (await caches.keys()).filter((other) => other.startsWith("baton-pages:") && other !== name);
  await Promise.all(others.map((other) => caches.delete(other)));
  await navigator.serviceWorker.register("/sw.js");
  if (location.pathname !== TODAY || !navigator.onLine) return;
  const cache = await caches.open(name);
  await layUp(cache, new URL(TODAY, location).href);
  const today = await cache.match(new URL(TODAY, location).href, { ignoreVary: true });
  if (today) await cache.put(new URL("/", location).href, today);
  for (const address of addresses()) if (await old(cache, address)) await layUp(cache, address); // one after another: nobody waits for them
};

if (me && "serviceWorker" in navigator && "caches" in window) addEventListener("load", () => keep().catch(() => {}));
