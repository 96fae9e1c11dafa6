// [data-fills=id]: chips that fill the field of that id; the chip without a value gives way to the field itself.
// [data-tile=id]: a tile that shows what the field holds, and opens the place where it is chosen.
const said = (field) => field.value.trim();
const change = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

const chips = (field) => document.querySelector(`[data-fills="${field.id}"]`);
const fitting = (field) => [...(chips(field)?.children ?? [])].find((chip) => chip.dataset.value === said(field));

// a month is said as a month: 2026-11 → 11月, with its year where near_month says it (base/templatetags/baton.py)
const inWords = (field) => {
  const chip = fitting(field);
  if (chip) return chip.textContent;
  if (field.type === "month" && said(field)) {
    const [month, now] = [new Date(`${said(field)}-01T00:00`), new Date()];
    const years = month.getFullYear() - now.getFullYear();
    const ahead = years * 12 + month.getMonth() - now.getMonth();
    const year = years === 0 || (ahead >= 0 && ahead < 12) ? undefined : "numeric";
    return new Intl.DateTimeFormat(document.documentElement.lang, { year, month: "short" }).format(month);
  }
  return said(field);
};

const paint = (field) => {
  const row = chips(field);
  const chosen = fitting(field);
  const own = row?.querySelector("button:not([data-value])");
  if (own) {
    const typed = Boolean(said(field)) && !chosen;
    if (typed) own.dataset.open = "";
    if (chosen) delete own.dataset.open;
    field.closest(".field").hidden = !("open" in own.dataset);
  }
  for (const chip of row?.children ?? []) chip.setAttribute("aria-pressed", String(chip === own ? "open" in own.dataset : chip === chosen));
  const tile = document.querySelector(`[data-tile="${field.id}"]`);
  if (!tile) return;
  const [was, now] = [tile.querySelector("[data-was]"), tile.querySelector("[data-unknown]")];
  now.textContent = inWords(field) || now.dataset.unknown;
  was.hidden = !was.dataset.was || was.dataset.was === now.textContent;
  tile.classList.toggle("known", Boolean(said(field)));
};

const open = (tile) => {
  for (const other of tile.parentElement.children) {
    const shown = other === tile && other.getAttribute("aria-expanded") !== "true";
    other.setAttribute("aria-expanded", String(shown));
    document.getElementById(other.getAttribute("aria-controls")).hidden = !shown;
  }
};

addEventListener("click", (event) => {
  const tile = event.target.closest("[data-tile]");
  if (tile) return open(tile);
  const chip = event.target.closest("[data-fills] > button");
  if (!chip) return;
  const field = document.getElementById(chip.parentElement.dataset.fills);
  const pressed = chip.getAttribute("aria-pressed") === "true";
  if (chip.dataset.value !== undefined) return change(field, pressed ? "" : chip.dataset.value);
  chip.toggleAttribute("data-open", !pressed);
  change(field, "");
  if (!pressed) field.focus();
});

// [data-adds=id]: chips that each add a line to the text of that id
addEventListener("click", (event) => {
  const chip = event.target.closest("[data-adds] > button");
  if (!chip) return;
  const field = document.getElementById(chip.parentElement.dataset.adds);
  change(field, [field.value.trimEnd(), chip.dataset.value].filter(Boolean).join("\n"));
  chip.hidden = true;
  if (!event.detail) field.focus(); // by key: the chip is gone. A thumb wants the next chip, not the keyboard over it
});
document.querySelectorAll("[data-adds]").forEach((row) => (row.hidden = false));

// what was chosen for a tile is seen on the tile
addEventListener("change", (event) => {
  const tile = event.target.id && document.querySelector(`[data-tile="${event.target.id}"][aria-expanded="true"]`);
  if (!tile || !said(event.target) || document.activeElement === event.target) return;
  open(tile);
  tile.focus();
});

addEventListener("input", (event) => event.target.id && paint(event.target));

const dress = (root) => root.querySelectorAll("[data-fills]").forEach((row) => {
  row.hidden = false;
  paint(document.getElementById(row.dataset.fills));
});
dress(document);
addEventListener("htmx:load", ({ detail }) => dress(detail.elt));
document.querySelectorAll("[data-tiles]").forEach((tiles) => {
  tiles.hidden = false;
  for (const tile of tiles.children) {
    const place = document.getElementById(tile.getAttribute("aria-controls"));
    place.hidden = !place.querySelector("[aria-invalid=true]");
    tile.setAttribute("aria-expanded", String(!place.hidden));
  }
});
