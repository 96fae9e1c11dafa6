// The calendar by keyboard: Shift with an arrow moves the visit in hand by a day or an hour, as dragging does.
import { move } from "./drag.js";

const HOUR = 3_600_000;
const STEPS = { ArrowLeft: -24, ArrowRight: 24, ArrowUp: -1, ArrowDown: 1 };

addEventListener("keydown", (event) => {
  const visit = event.target.closest("[data-move]");
  const step = STEPS[event.key];
  if (!visit || !step || !event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  // counted in days of 24 hours, away from any zone
  move(visit, new Date(Date.parse(`${visit.dataset.at}Z`) + step * HOUR).toISOString().slice(0, 16));
});
