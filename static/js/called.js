// Back from the phone's own call ([data-call] of a tel: link), one tap says what came of it.
const dialog = document.querySelector("[data-called]");
const LONGEST_CALL = 3 * 3_600_000;

const kept = () => {
  try { return JSON.parse(sessionStorage.called ?? "null"); } catch { return null; }
};
const forget = () => { try { delete sessionStorage.called; } catch { /* nothing was kept */ } };

const ask = () => {
  const call = kept();
  if (!call?.left || document.hidden || dialog.open) return;
  forget();
  if (Date.now() - call.at > LONGEST_CALL) return;
  const back = encodeURIComponent(location.pathname + location.search);
  htmx.ajax("GET", `${dialog.dataset.called}&${call.whom}&back=${back}`, { target: "#outcome" });
};

if (dialog && matchMedia("(pointer: coarse)").matches) {
  addEventListener("click", ({ target }) => {
    const link = target.closest('a[href^="tel:"][data-call]');
    if (!link) return;
    try { sessionStorage.called = JSON.stringify({ whom: link.dataset.call, at: Date.now() }); } catch { /* private window: it is not asked */ }
  });
  document.addEventListener("visibilitychange", () => {
    const call = kept();
    if (document.hidden && call) sessionStorage.called = JSON.stringify({ ...call, left: true });
    else ask();
  });
  addEventListener("click", (event) => {
    if (!event.target.closest("dialog [data-not-now]")) return;
    event.preventDefault();
    dialog.close();
  });
  ask(); // the browser had put the page away meanwhile
}
