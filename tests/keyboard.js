// What a walk with Tab finds on a page, and what it leaves out. Put into the page by tests/keyboard.py.
(() => {
  const MEANT = "a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable], [tabindex='0']";
  const ROLES = "[role=button], [role=link], [role=tab], [role=menuitem], [role=option], [role=switch], [role=checkbox], [role=radio], [role=slider]";
  const OPENERS = "button[popovertarget], button[command=show-modal], [data-open-palette], [data-show-keys]";
  const ROVING = "[role=tablist], [role=menu], [role=listbox], [role=radiogroup], [role=toolbar], [role=grid]";
  const RINGED = ".field, .axis, .q, .find-in, .dropzone, .palette .q, .capture > .line"; // what may draw the ring of the one field in it

  const seen = (el) => el.checkVisibility({ visibilityProperty: true });
  const told = (el) => `${el.id ? `#${el.id} ` : ""}${el.outerHTML.replace(/\s+/g, " ").slice(0, 150)}`;
  const able = (el) => seen(el) && !el.matches(":disabled") && !el.closest("[inert], [aria-hidden=true]");
  const scrolls = (el) => el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight;
  const group = (radio) => [...document.querySelectorAll("input[type=radio]")].filter((other) => other.name === radio.name && other.form === radio.form && able(other));
  // of radios the chosen one is the stop, or the first
  const standing = (el) => {
    if (el.type !== "radio" || !el.name) return el;
    const radios = group(el);
    return radios.find((radio) => radio.checked) ?? radios[0] ?? el;
  };
  const one = (el) => (el.type === "radio" && el.name ? group(el)[0] ?? el : el);

  const EDGES = ["outline-style", "outline-width", "outline-color", "box-shadow", "border-top-color", "border-bottom-color", "border-top-width", "border-bottom-width"];
  const edge = (part, pseudo) => {
    const style = getComputedStyle(part, pseudo);
    return EDGES.map((name) => (name.startsWith("outline") && style.outlineStyle === "none" ? "" : style.getPropertyValue(name))).join(" ");
  };
  const around = (el) => [el, ...(el.labels ?? []), el.nextElementSibling, el.closest(RINGED)].filter(Boolean);
  const look = (el) => [...around(el).map((part) => edge(part)), edge(el, "::before"), edge(el, "::after")].join("|");

  // the part of it that is pressed: a box out of sight is pressed by its label
  const face = (el) => {
    const box = el.getBoundingClientRect();
    const hidden = box.width < 4 || box.height < 4 || getComputedStyle(el).opacity === "0" || getComputedStyle(el).clipPath !== "none";
    return (hidden && (el.labels?.[0] ?? el.closest(RINGED))) || el;
  };
  const rects = (el) => [...face(el).getClientRects()].filter((rect) => rect.width && rect.height);
  const covered = (el) => {
    const rect = rects(el)[0];
    if (!rect) return "has no size";
    if (getComputedStyle(face(el)).pointerEvents === "none") return "";
    let { left, right, top, bottom } = rect;
    const within = (box) => {
      [left, right] = [Math.max(box.left, left), Math.min(box.right, right)];
      [top, bottom] = [Math.max(box.top, top), Math.min(box.bottom, bottom)];
    };
    within({ left: 0, right: innerWidth, top: 0, bottom: innerHeight });
    for (let part = face(el).parentElement; part; part = part.parentElement) if (getComputedStyle(part).overflowX !== "visible" && part !== document.body && part !== document.documentElement) within(part.getBoundingClientRect());
    if (right - left < 1 || bottom - top < 1) return "is not scrolled into view";
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const mine = over && [el, face(el), ...(el.labels ?? [])].some((part) => part.contains(over));
    // a card's link covers the card, a table's scroller is under what it holds
    return mine || (over && over.contains(el) && over.closest("a, button, label") === el.closest("a, button, label")) ? "" : `is covered at ${Math.round((left + right) / 2)}, ${Math.round((top + bottom) / 2)} by ${over && told(over).slice(0, 80)}`;
  };

  const walk = { stops: [], faults: [], wanted: [], ended: false };
  const arrive = () => {
    const el = document.activeElement;
    if (walk.ended || el === walk.stops.at(-1)?.el) return;
    // after the last one comes nothing, or, when keys are quick, the first again
    if (el === document.body || el === walk.stops[0]?.el) return (walk.ended = walk.stops.length > 0);
    walk.stops.push({ el, look: look(el) });
    const why = covered(el);
    if (why) walk.faults.push(`${why}: ${told(el)}`);
    if (!el.computedName.trim() && !(scrolls(el) && el.matches("[role=region]"))) walk.faults.push(`has no name: ${told(el)}`);
  };

  const still = (el) => {
    for (let part = el; part; part = part.parentElement) if (/fixed|sticky/.test(getComputedStyle(part).position)) return false;
    return true;
  };
  const backwards = (before, after) => {
    const [a, b] = [rects(before)[0], rects(after)[0]];
    if (!a || !b || before.contains(after) || !still(before) || !still(after)) return false;
    const above = b.bottom <= a.top - 8 && b.left < a.right && b.right > a.left;
    const middle = (b.top + b.bottom) / 2;
    return above || (middle > a.top && middle < a.bottom && b.right <= a.left + 2);
  };

  window.walk = {
    // What opens a part of the page: each button, and of the links that fill the same part the first.
    openers() {
      const first = new Map();
      for (const link of document.querySelectorAll("main [hx-get]:is(a, button)")) {
        const target = link.closest("[hx-target]")?.getAttribute("hx-target");
        const part = target.startsWith("#") && document.querySelector(target);
        if (able(link) && part?.matches?.("[data-opens]") && !first.has(target)) first.set(target, link);
      }
      // on a phone the palette is a page of its own
      const leads = (opener) => opener.matches("a") && matchMedia("(max-width: 760px)").matches;
      const own = [...document.querySelectorAll(`main :is(${OPENERS})`)].filter((opener) => able(opener) && !leads(opener));
      return [...own, ...first.values()];
    },
    // As if nothing had been pressed yet: the next Tab begins the page.
    top() {
      const top = document.createElement("i");
      top.tabIndex = -1;
      document.body.prepend(top);
      top.focus();
      top.remove();
    },
    // Everything one can do something with, from here on in the order of the page.
    async begin(root = document) {
      // what asks for the focus itself gets it with the next frame
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      walk.stops = []; walk.faults = []; walk.ended = false;
      const all = [...root.querySelectorAll(MEANT)].filter((el) => able(el));
      walk.wanted = [...new Set(all.filter((el) => el.tabIndex >= 0).map(standing))];
      walk.roots = root;
      addEventListener("keydown", (event) => event.key === "Tab" && arrive(), true);
      if (root === document) this.top();
      return walk.wanted.length + 3 * walk.wanted.filter((el) => /date|month|time|week/.test(el.type)).length + 1;
    },
    get ended() { arrive(); return walk.ended; },
    get length() { return walk.stops.length; },
    // Stops that are covered, nameless, or look no other than the rest.
    unseen() {
      arrive();
      document.activeElement.blur();
      const same = walk.stops.filter(({ el, look: then }) => el.isConnected && el.tabIndex >= 0 && look(el) === then);
      return [...walk.faults, ...same.map(({ el }) => `shows no focus: ${told(el)}`)];
    },
    // What the walk did not find as it should be.
    faults(listening) {
      const found = this.unseen();
      const stops = walk.stops.map(({ el }) => el);
      if (!walk.ended) found.push(`never ends: ${told(stops.at(-1))}`);
      for (const el of walk.wanted) if (!stops.includes(el)) found.push(`is left out: ${told(el)}`);
      for (const el of stops) if (!walk.wanted.includes(el) && !scrolls(el)) found.push(`is a stop for nothing: ${told(el)}`);
      const order = stops.filter((el) => walk.wanted.includes(el));
      const wanted = walk.wanted.filter((el) => stops.includes(el));
      const wrong = order.findIndex((el, place) => el !== wanted[place]);
      if (wrong >= 0) found.push(`comes out of turn: ${told(order[wrong])}`);
      order.forEach((el, place) => place && backwards(order[place - 1], el) && found.push(`lies before ${told(order[place - 1]).slice(0, 90)}: ${told(el)}`));
      // what reacts to a press has to be, to hold or to lie in something that is reached
      const reached = (el) => stops.some((stop) => stop === one(el) || stop === standing(el) || stop.contains(el) || el.contains(stop)) ||
        (el.closest("label")?.control && stops.includes(standing(el.closest("label").control))) || el.closest(ROVING)?.querySelector(":scope [tabindex='0'], :scope a, :scope button");
      const pointed = [...walk.roots.querySelectorAll("body *")].filter((el) => getComputedStyle(el).cursor === "pointer" && getComputedStyle(el.parentElement).cursor !== "pointer");
      const reacting = new Set([...pointed, ...walk.roots.querySelectorAll(`${ROLES}, ${listening}`), ...(window.pressable ?? [])]);
      for (const el of reacting) if (el.isConnected && able(el) && !el.matches("form, [aria-live], [aria-disabled=true]") && !reached(el)) found.push(`reacts but is out of reach: ${told(el)}`);
      return found;
    },
  };
})();
