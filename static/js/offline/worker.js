// The service worker, served at /sw.js with VERSION, OFFLINE, ME and FILES in front. It answers only where the network cannot:
// with the pages that static/js/offline/pages.js laid up for the person who is logged in, else with the page that says so.
/* global VERSION, OFFLINE, ME, FILES */
const STATIC = `baton-static:${VERSION}`;
const PAGES = "baton-pages:";

const install = async () => {
  const cache = await caches.open(STATIC);
  await cache.add(new Request(OFFLINE, { headers: { "Kept-Page": "1" } }));
  await cache.addAll(FILES);
  await skipWaiting();
};

const activate = async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("baton-static:") && name !== STATIC);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
};

const file = async (request) => {
  const hashed = FILES.includes(new URL(request.url).pathname) && (await caches.match(request, { cacheName: STATIC }));
  if (hashed) return hashed;
  try {
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(STATIC)).put(request, answer.clone()).catch(() => {});
    return answer;
  } catch {
    return (await caches.match(request, { cacheName: STATIC })) ?? Response.error();
  }
};

const page = async (request) => {
  try {
    return await fetch(request);
  } catch {
    const url = new URL(request.url);
    url.searchParams.delete("from");
    const mine = (await caches.keys()).filter((name) => name.startsWith(PAGES));
    for (const cacheName of mine) {
      const kept = await caches.match(url.href, { cacheName, ignoreVary: true });
      if (kept) return kept;
    }
    return (await caches.match(OFFLINE, { cacheName: STATIC, ignoreVary: true })) ?? Response.error();
  }
};

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// what waits (queue.js), when the network is back and no page is open; a browser without this sends it from the next page.
// What is refused stays where it is: the next page tells of it.
const sendWaiting = async () => {
  const open = await clients.matchAll({ type: "window" });
  if (open.length) return open.forEach((page) => page.postMessage("network"));
  const options = { redirect: "manual", cache: "no-store", credentials: "same-origin" };
  const answer = await fetch(ME, options);
  if (!answer.ok) return; // nobody is logged in: it waits for its writer
  const { me, token } = await answer.json();
  if (!(await indexedDB.databases()).some(({ name }) => name === `baton-${me}`)) return;
  const database = await asked(indexedDB.open(`baton-${me}`));
  const queue = (mode) => database.transaction("queue", mode).objectStore("queue");
  try {
    for (const { key, url, body, at } of (await asked(queue("readonly").getAll())).sort((one, other) => one.at - other.at)) {
      const headers = { "X-CSRFToken": token, "Idempotency-Key": key, "Sent-Later": Math.max(0, Math.round((Date.now() - at) / 1000)) };
      const sent = await fetch(url, { ...options, method: "POST", body: new URLSearchParams(body), headers });
      if (sent.status >= 500 || sent.status === 429) throw new Error(`${sent.status}`); // the browser asks again later
      if (sent.ok && sent.headers.get("Content-Type")?.startsWith("application/json")) await asked(queue("readwrite").delete(key));
    }
  } finally {
    database.close();
  }
};

addEventListener("sync", (event) => event.tag === "baton-queue" && event.waitUntil(navigator.locks.request("baton-queue", sendWaiting)));
addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
