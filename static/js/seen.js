// What was looked at for a moment is read: its form[data-seen] says so by itself once its article has held the focus so
// long or, where one touches instead, once the form behind its text has been in sight.
const MOMENT = 1_200;
const looking = new Map();

const formOf = (article) => article?.querySelector("form[data-seen]");
const begin = (article) => {
  if (!formOf(article) || looking.has(article)) return;
  looking.set(article, setTimeout(() => {
    looking.delete(article);
    if (!document.hidden) formOf(article)?.requestSubmit();
  }, MOMENT));
};
const end = (article) => {
  clearTimeout(looking.get(article));
  looking.delete(article);
};

addEventListener("focusin", ({ target }) => begin(target.closest("article")));
addEventListener("focusout", ({ target, relatedTarget }) => {
  const article = target.closest("article");
  if (article && !article.contains(relatedTarget)) end(article);
});

if (matchMedia("(pointer: coarse)").matches) {
  const eye = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => (isIntersecting ? begin : end)(target.closest("article"))));
  document.querySelectorAll("article form[data-seen] button").forEach((button) => eye.observe(button));
}
