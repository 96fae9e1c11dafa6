// Cards are dragged to columns: [data-card] to [data-drop] on a [data-board]. The card stays where it is until the
// server says otherwise. Everything a drag does, the card's own button does as well (touch, keyboard).
const board = document.querySelector("[data-board]");
let card = null;

export const move = (visit, to) => {
  const form = document.getElementById("move");
  form.action = visit.dataset.move;
  form.elements.version.value = visit.dataset.version;
  form.elements.to.value = to;
  form.requestSubmit();
};

const moves = {
  stage: (to) => {
    if (to === "won" || to === "lost") location.assign(card.dataset[to]);
    else htmx.ajax("GET", `${card.dataset.ask}&to=${to}`, { target: "#advance" });
  },
  month: (to) => {
    const form = document.getElementById("expect");
    form.action = card.dataset.expect;
    form.elements.version.value = card.dataset.version;
    form.elements.expected_month.value = to;
    form.requestSubmit();
  },
  // a day keeps the time of the visit, an hour its minutes
  visit: (to) => {
    const time = card.dataset.at.slice(11);
    move(card, to.includes("T") ? to + time.slice(2) : `${to}T${time}`);
  },
};

const mark = (column) => {
  board.querySelectorAll(".drop").forEach((marked) => marked !== column && marked.classList.remove("drop"));
  column?.classList.add("drop");
};

const columnAt = (event) => {
  const column = card && event.target.closest("[data-drop]");
  return column && !column.contains(card) ? column : null;
};

board.addEventListener("dragstart", (event) => {
  card = event.target.closest("[data-card]");
  if (!card) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector("h3").textContent);
  card.classList.add("dragged");
});

board.addEventListener("dragover", (event) => {
  const column = columnAt(event);
  mark(column);
  if (column) event.preventDefault();
});

board.addEventListener("drop", (event) => {
  const column = columnAt(event);
  if (!column) return;
  event.preventDefault();
  moves[board.dataset.board](column.dataset.drop);
});

board.addEventListener("dragend", () => {
  card?.classList.remove("dragged");
  card = null;
  mark(null);
});
