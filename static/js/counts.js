// The numbers of the shell (bell and menu: data-count) stay true while a page stays open. They are asked for when one
// comes back to the page, after what a part of it sent, and once a minute while it is seen; never while it is hidden or
// offline, nor after a log-out.
const app = document.querySelector("[data-counts-url]");
const EVERY = 60_000;
const SOON = 5_000;
let asked = app && "keptPage" in app.dataset ? 0 : Date.now();
let watch;

const show = (name, words, hot) =>
  document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`).forEach((badge) => {
    badge.hidden = !words;
    badge.classList.toggle("hot", hot);
    badge.firstChild.data = words;
  });

const ask = async (now = false) => {
  if (document.hidden || !navigator.onLine || (now !== true && Date.now() - asked < SOON)) return;
  asked = Date.now();
  const answer = await fetch(app.dataset.countsUrl, { redirect: "manual", cache: "no-cache", credentials: "same-origin" }).catch(() => null);
  if (!answer) return;
  if (!answer.ok) return answer.status < 500 && clearInterval(watch); // the log-in page is a redirect, whose status nobody sees: 0
  const { bell, counts } = await answer.json();
  document.querySelectorAll(".bell").forEach((link) => link.setAttribute("aria-label", bell));
  Object.entries(counts).forEach(([name, [words, hot]]) => show(name, words, hot));
};

if (app) {
  watch = setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  addEventListener("pageshow", ask);
  addEventListener("online", ask);
  document.addEventListener("baton:counts", () => ask(true));
  document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && detail.requestConfig.verb === "post" && ask(true));
}
