// What stands in a form, by the names of its fields; and how it is put back.
const typed = (input) => input.name && !input.matches("button, fieldset, output, [type=hidden], [type=submit], [type=password], [type=file], [name=keep-draft]");

export const written = (form) => {
  const values = {};
  for (const input of form.elements) {
    if (!typed(input)) continue;
    const of = (values[input.name] ??= []);
    if (/^(checkbox|radio)$/.test(input.type)) input.checked && of.push(input.value);
    else if (input.multiple && input.options) of.push(...[...input.selectedOptions].map((option) => option.value));
    else of.push(input.value);
  }
  return values;
};

// key and version of the form: sent again it is the same record, and against what was read
export const hidden = (form) =>
  Object.fromEntries([...form.elements].filter((input) => input.type === "hidden" && input.name && input.name !== "csrfmiddlewaretoken" && !("backHere" in input.dataset)).map((input) => [input.name, input.value]));

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const differing = (values, from) => Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, from[name])));

export const fill = (form, values, unseen = {}) => {
  for (const [name, wanted] of Object.entries(values)) {
    const inputs = [...form.elements].filter((input) => input.name === name && typed(input));
    inputs.forEach((input, position) => {
      if (/^(checkbox|radio)$/.test(input.type)) input.checked = wanted.includes(input.value);
      else if (input.multiple && input.options) for (const option of input.options) option.selected = wanted.includes(option.value);
      else input.value = wanted[position] ?? "";
    });
    inputs[0]?.dispatchEvent(new Event("input", { bubbles: true }));
    inputs[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  }
  for (const input of form.elements) if (input.type === "hidden" && input.name in unseen) input.value = unseen[input.name];
};

export const caret = (form) => {
  const at = form.contains(document.activeElement) && document.activeElement.name ? document.activeElement : null;
  return { name: at?.name, start: at?.selectionStart, end: at?.selectionEnd, scroll: scrollY };
};

export const goTo = (form, place) => {
  const input = place?.name && [...form.elements].find((one) => one.name === place.name && one.type !== "hidden");
  if (!input) return;
  input.focus({ preventScroll: true });
  if (Number.isInteger(place.start)) try { input.setSelectionRange(place.start, place.end ?? place.start); } catch { /* a kind without a caret */ }
  scrollTo(0, place.scroll ?? 0);
};

// values as their reader would say them
export const inWords = (form, values) => [...new Set([...form.elements].map((input) => input.name))].filter((name) => name in values).flatMap((name) => {
  const wanted = values[name];
  const [first, ...more] = [...form.elements].filter((input) => input.name === name && typed(input));
  if (first?.options) return [...first.options].filter((option) => option.value && wanted.includes(option.value)).map((option) => option.text);
  if (!/^(checkbox|radio)$/.test(first?.type)) return wanted;
  return [first, ...more].filter((input) => wanted.includes(input.value)).map((input) => input.labels[0]?.textContent ?? "");
}).map((words) => words.trim()).filter(Boolean).join("\n");

// texts that differ, one below the other; whether there are any, and all values
export const joined = (form, theirs, mine) => {
  const values = { ...theirs, ...mine };
  const texts = [...form.elements].filter((input) => input.matches("textarea") && input.name in theirs && input.name in mine);
  const apart = texts.filter(({ name }) => !theirs[name][0].includes(mine[name][0]) && !mine[name][0].includes(theirs[name][0]));
  for (const { name } of texts) if (theirs[name][0].includes(mine[name][0])) values[name] = theirs[name];
  for (const { name } of apart) values[name] = [`${theirs[name][0]}\n${mine[name][0]}`];
  return { any: apart.length > 0, values };
};
