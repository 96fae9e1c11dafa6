// Small manners of a page: back, again, print, see the password, go to what was chosen.
addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-back], [data-reload], [data-print], [data-peek]");
  if (!pressed) return;
  if ("back" in pressed.dataset && history.length > 1) {
    event.preventDefault();
    history.back();
  }
  if ("reload" in pressed.dataset) {
    event.preventDefault();
    location.reload();
  }
  if ("print" in pressed.dataset) print();
  if ("peek" in pressed.dataset) {
    const input = pressed.parentElement.querySelector("input");
    input.type = input.type === "password" ? "text" : "password";
    pressed.setAttribute("aria-pressed", String(input.type === "text"));
  }
});

document.querySelectorAll("[data-peek], [data-print]").forEach((button) => (button.hidden = false));

// <select data-go> in a GET form sends it when chosen; its button is for those without script
addEventListener("change", (event) => event.target.matches("[data-go]") && event.target.form.requestSubmit());
document.querySelectorAll("form:has([data-go], [hx-get]) [data-without-script]").forEach((button) => (button.hidden = true));
