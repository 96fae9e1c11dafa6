// [data-clears] around optional radios: pressing the chosen one again, with Space too, takes the answer back.
let before = null;

addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("[data-clears] input[type=radio]:checked")) return;
  event.preventDefault();
  before = event.target;
  before.click();
});

addEventListener("pointerdown", (event) => {
  const input = event.target.closest("[data-clears] label")?.querySelector("input[type=radio]");
  before = input?.checked ? input : null;
});

addEventListener("click", (event) => {
  if (event.target !== before || !before.checked) return;
  before.checked = false;
  before.dispatchEvent(new Event("change", { bubbles: true }));
  before = null;
});
