// <textarea data-mentions="address">: after an @ the people whose name begins so, chosen by arrows and Enter, or by a tap.
// The text stays plain; whom one chose among namesakes goes along in the form's hidden field `meant`.
const BEFORE_THE_CARET = /(?:^|[^A-Za-z0-9._%+-])[@＠]([^\s@＠]{0,20})$/;
let open = null;
let asked = 0;

const close = () => {
  open?.list.remove();
  open?.text.removeAttribute("aria-controls");
  open?.text.removeAttribute("aria-activedescendant");
  open = null;
};

const mark = (option) => {
  open.list.querySelectorAll("[role=option]").forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  open.text.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};

const typed = (text) => text.value.slice(0, text.selectionStart).match(BEFORE_THE_CARET)?.[1];

const offer = async (text) => {
  const words = typed(text);
  if (words === undefined) return close();
  const turn = ++asked;
  const answer = await fetch(`${text.dataset.mentions}?q=${encodeURIComponent(words)}`).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (turn !== asked) return;
  close();
  if (!html.includes("role=") || typed(text) !== words) return;
  const list = document.createElement("ul");
  list.className = "whom";
  list.id = `${text.id}-whom`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", text.placeholder);
  list.innerHTML = html;
  text.after(list);
  text.setAttribute("aria-controls", list.id);
  open = { text, list };
  mark(list.querySelector("[role=option]"));
};

const choose = (option) => {
  const { text } = open;
  const end = text.selectionStart;
  const start = end - typed(text).length;
  text.setRangeText(`${option.dataset.name} `, start, end, "end");
  const meant = text.form.elements.meant;
  if (meant) meant.value = `${meant.value} ${option.dataset.pk}`.trim();
  close();
  text.focus();
};

addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-mentions]")) offer(event.target);
});

addEventListener(
  "keydown",
  (event) => {
    if (!open || event.target !== open.text || event.isComposing) return;
    const options = [...open.list.children];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) mark(options[(at + moves[event.key] + options.length) % options.length]);
    else if (event.key === "Enter" || event.key === "Tab") choose(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

addEventListener("pointerdown", (event) => {
  const option = event.target.closest(".whom [role=option]");
  if (option) {
    event.preventDefault();
    choose(option);
  } else if (open && event.target !== open.text) close();
});

addEventListener("focusout", (event) => open && event.target === open.text && close());
