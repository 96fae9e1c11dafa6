// The service worker, served at /sw.js with VERSION, OFFLINE and FILES in front. It answers only where the network cannot:
// with the pages that static/js/offline/pages.js laid up for the person who is logged in, else with the page that says so.
/* global VERSION, OFFLINE, FILES */
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

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
