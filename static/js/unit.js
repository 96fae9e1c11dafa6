// [data-unit] inputs: full-width digits become plain ones, silently, when the field is left.
addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("input[data-unit], input[inputmode=numeric], input[inputmode=decimal]")) input.value = input.value.normalize("NFKC").trim();
});
