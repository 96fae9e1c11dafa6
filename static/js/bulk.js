// <form data-bulk> with [data-pick] boxes: counts them, Shift takes a range, the head's box takes the page.
const form = () => document.querySelector("form[data-bulk]");
const boxes = () => [...document.querySelectorAll("[data-pick]")];
let last = null;

const show = () => {
  const bar = form();
  if (!bar) return;
  const all = bar.querySelector("[data-bulk-all]");
  const picked = boxes().filter((box) => box.checked).length;
  bar.querySelector("[data-bulk-said]").hidden = !picked || all.checked;
  bar.querySelector("[data-bulk-count]").textContent = picked;
  bar.querySelector("[data-bulk-none]").hidden = !picked && !all.checked;
  bar.querySelector("[data-bulk-go]").disabled = !picked && !all.checked;
  bar.querySelector("[data-bulk-why]").hidden = picked || all.checked;
  bar.classList.toggle("idle", !picked && !all.checked);
  boxes().forEach((box) => box.closest("tr")?.classList.toggle("picked", box.checked || all.checked));
  const head = document.querySelector("[data-pick-page]");
  if (head) {
    head.hidden = false;
    head.checked = picked > 0 && picked === boxes().length;
    head.indeterminate = picked > 0 && picked < boxes().length;
  }
};

addEventListener("click", (event) => {
  const box = event.target;
  if (box.matches?.("[data-pick]")) {
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
    }
    last = box;
  } else if (box.matches?.("[data-pick-page]")) boxes().forEach((one) => (one.checked = box.checked));
  else if (box.closest?.("[data-bulk-none]")) {
    boxes().forEach((one) => (one.checked = false));
    form().querySelector("[data-bulk-all]").checked = false;
  } else if (!box.matches?.("[data-bulk-all]")) return;
  show();
});

addEventListener("htmx:afterSettle", show);
addEventListener("pageshow", show);
show();
