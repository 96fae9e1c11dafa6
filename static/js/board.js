// The goal/process table: arrows move from figure to figure (Enter opens, being links), a swipe changes the month.
const board = document.querySelector("[data-board]");

// rows differ in how many heads they have, so a column is counted from the right
const column = (cell) => cell.parentElement.cells.length - cell.cellIndex;
const inside = (cell) => [...(cell?.querySelectorAll("a") ?? [])].filter((link) => link.checkVisibility());

const beside = (cell, by) => {
  for (let next = cell; (next = by > 0 ? next.nextElementSibling : next.previousElementSibling); ) if (inside(next).length) return inside(next)[0];
};

const above = (cell, link, by) => {
  const links = inside(cell);
  const within = links[links.indexOf(link) + by];
  if (within) return within;
  for (let row = cell.parentElement; (row = by > 0 ? row.nextElementSibling : row.previousElementSibling); ) {
    const found = inside(row.cells[row.cells.length - column(cell)]);
    if (found.length) return found.at(by > 0 ? 0 : -1);
  }
};

const MOVES = {
  ArrowRight: (cell) => beside(cell, 1),
  ArrowLeft: (cell) => beside(cell, -1),
  ArrowDown: (cell, link) => above(cell, link, 1),
  ArrowUp: (cell, link) => above(cell, link, -1),
};

if (board) {
  board.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const cell = event.target.closest("td");
    if (!cell && event.target !== board) return;
    const next = cell ? move(cell, event.target) : board.querySelector("td.on a") ?? board.querySelector("td a");
    event.preventDefault();
    next?.focus();
  });

  let from;
  board.addEventListener("touchstart", (event) => (from = event.touches.length === 1 ? event.touches[0] : undefined), { passive: true });
  board.addEventListener("touchend", (event) => {
    const to = event.changedTouches[0];
    const [across, down] = from ? [to.clientX - from.clientX, to.clientY - from.clientY] : [0, 0];
    if (Math.abs(across) < 60 || Math.abs(across) < 2 * Math.abs(down)) return;
    const link = document.querySelector(`.months [rel=${across < 0 ? "next" : "prev"}]`);
    if (link?.checkVisibility()) link.click();
  });
}
