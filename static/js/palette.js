// [data-palette]: arrows choose in the list under its search field, Enter opens, Ctrl+Enter in another tab.
// Ctrl/⌘K and [data-open-palette] open the dialog; on phones the latter leads to the page.
const dialog = document.querySelector("dialog[data-palette]");
const field = (root) => root.querySelector("input[type=search]");
const entries = (root) => [...root.querySelectorAll("[data-found] a")];

const choose = (root, next) => {
  entries(root).forEach((entry) => entry.setAttribute("aria-selected", String(entry === next)));
  if (!next) return field(root).removeAttribute("aria-activedescendant");
  field(root).setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
};

// links become options of one list that the search field steers
const dress = (root) => {
  const list = root.querySelector("[data-found]");
  if (!list) return;
  const input = field(root);
  list.role = "listbox";
  list.querySelectorAll("section").forEach((group) => {
    const heading = group.querySelector("h2");
    group.role = "group";
    group.ariaLabel = heading.textContent;
    heading.role = "presentation";
  });
  list.querySelectorAll("ul, li").forEach((part) => (part.role = "presentation"));
  entries(root).forEach((entry, place) => Object.assign(entry, { role: "option", id: `found-${place}` }));
  Object.assign(input, { role: "combobox", ariaExpanded: "true", ariaAutoComplete: "list" });
  input.setAttribute("aria-controls", list.id);
  choose(root, entries(root)[0]);
};

const step = (root, by) => {
  const all = entries(root);
  const now = all.findIndex((entry) => entry.ariaSelected === "true");
  choose(root, all[(now + by + all.length) % all.length]);
};

const open = (entry, another) => (another ? window.open(entry.href, "_blank", "noopener") : location.assign(entry.href));

const steer = (root, event) => {
  if (event.isComposing) return;
  // a search field would only empty itself
  if (event.key === "Escape" && dialog?.open) dialog.close();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(root, event.key === "ArrowDown" ? 1 : -1);
  }
  const chosen = root.querySelector("[aria-selected=true]");
  const fresh = root.querySelector("[data-found]")?.dataset.words === field(root).value.trim();
  // what is not answered yet goes to the page of the same search
  if (event.key === "Enter" && chosen && fresh) {
    event.preventDefault();
    open(chosen, event.ctrlKey || event.metaKey);
  }
};

const show = () => {
  if (!dialog) return document.querySelector("[data-palette] input[type=search]")?.focus();
  if (dialog.open) return;
  document.querySelectorAll("dialog[open]").forEach((other) => other.close());
  dialog.showModal();
  field(dialog).select();
  field(dialog).dispatchEvent(new CustomEvent("palette-open"));
};

// a closed field keeps the focus until the next frame, and single keys would be typed into it
dialog?.addEventListener("close", () => field(dialog).blur());

document.querySelectorAll("[data-palette]").forEach((root) => {
  dress(root);
  field(root).addEventListener("keydown", (event) => steer(root, event));
  root.addEventListener("htmx:afterSwap", () => dress(root));
});

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show();
});

addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-palette]");
  if (!opener || !dialog || event.ctrlKey || event.metaKey || matchMedia("(max-width: 760px)").matches) return;
  event.preventDefault();
  show();
});
