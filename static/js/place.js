// People on the decision map ([data-map]) are dragged: where a node lies then says its stance (left to right) and its
// power (the floors). Each is a link to the person. The map's own page does the same by forms, for keys and touch.
const STANCES = ["against", "neutral", "for"];
const POWERS = ["high", "middle", "low"];
const NEAR = 4;
let held = null;
let dragged = false; // the click that ends a drag opens nobody

const pointOn = (svg, event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
const floorAt = (svg, y) => {
  const floors = svg.dataset.floors.trim().split(" ").map(Number);
  return POWERS[floors.filter((floor) => y > floor).length];
};

document.addEventListener("pointerdown", (event) => {
  const node = event.target.closest("[data-map] [data-node]");
  if (!node || event.button || event.pointerType === "touch") return;
  const svg = node.ownerSVGElement;
  dragged = false;
  held = { node, svg, from: pointOn(svg, event), was: node.getAttribute("transform"), moved: false };
  node.setPointerCapture(event.pointerId);
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const { x, y } = pointOn(held.svg, event);
  const [dx, dy] = [x - held.from.x, y - held.from.y];
  held.moved ||= dragged = Math.hypot(dx, dy) > NEAR;
  if (!held.moved) return;
  held.node.classList.add("held");
  held.node.setAttribute("transform", `${held.was} translate(${dx} ${dy})`);
});

const letGo = (event, dropped) => {
  if (!held) return;
  const { node, svg, was, moved } = held;
  held = null;
  node.classList.remove("held");
  if (!moved) return;
  const { x, y } = pointOn(svg, event);
  const stance = STANCES[Math.min(2, Math.max(0, Math.floor((x / svg.viewBox.baseVal.width) * 3)))];
  const power = floorAt(svg, y);
  // An unknown stance stands in the middle: moved up or down, it stays unknown.
  const same = stance === node.dataset.stance || (stance === "neutral" && node.dataset.stance === "unknown");
  if (!dropped || (same && power === node.dataset.power)) return node.setAttribute("transform", was);
  const form = document.getElementById("place");
  form.action = `${node.dataset.place}?back=${encodeURIComponent(location.pathname + location.search)}`;
  form.elements.stance.value = same ? node.dataset.stance : stance;
  // Power that follows from the role goes on doing so while the floor is the same.
  form.elements.power.value = power === node.dataset.power ? node.dataset.said : power;
  form.requestSubmit();
};
document.addEventListener("pointerup", (event) => letGo(event, true));
document.addEventListener("pointercancel", (event) => letGo(event, false));
document.addEventListener("click", (event) => dragged && event.target.closest("[data-map] [data-node]") && event.preventDefault());
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-map] [data-node]") && event.preventDefault());
