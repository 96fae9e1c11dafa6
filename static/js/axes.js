// [data-axes] form: inputs with data-axis="plan|price|timing" fill the baton and its word while typing.
// Words by number of known axes stand in data-words="見込み|見込み|話題|商談△" on the [data-stage] element.
// As the server has it: a price is known from 1 yen on.
const known = (input) => {
  if (/^(checkbox|radio)$/.test(input.type)) return input.checked;
  return input.dataset.axis === "price" ? /[1-9]/.test(input.value.normalize("NFKC")) : input.value.trim() !== "";
};

const AXES = ["plan", "price", "timing"];

const paint = (form) => {
  const on = new Set();
  form.querySelectorAll("[data-axis]").forEach((input) => {
    if (known(input)) on.add(input.dataset.axis);
    input.closest(".axis")?.classList.toggle("known", known(input));
  });
  form.querySelectorAll("[data-seg]").forEach((segment) => segment.classList.toggle("on", on.has(segment.dataset.seg)));
  form.querySelectorAll("[data-stage][data-words]").forEach((word) => {
    const next = word.dataset.words.split("|")[on.size];
    if (word.textContent !== next) word.textContent = next;
    const was = form.querySelector("[data-was-stage]");
    if (was) was.hidden = was.textContent.startsWith(next);
  });
  const lacks = AXES.filter((axis) => !on.has(axis));
  const why = { 0: "none", 2: "two", 3: "three" }[lacks.length] ?? lacks[0];
  form.querySelectorAll("[data-why]").forEach((words) => (words.hidden = words.dataset.why !== why));
};

// a plan out of the list brings its price along, while no price is known
const price = (plan) => [...(plan.list?.options ?? [])].find((option) => option.value === plan.value)?.dataset.price;
addEventListener("input", (event) => {
  if (!event.target.matches("[data-axis=plan]")) return;
  const amount = event.target.form.querySelector("[data-axis=price]");
  if (amount && !known(amount) && price(event.target)) {
    amount.value = price(event.target);
    amount.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

addEventListener("input", (event) => event.target.matches("[data-axes] [data-axis]") && paint(event.target.closest("[data-axes]")));
document.querySelectorAll("[data-axes]").forEach(paint);
