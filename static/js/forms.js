// Forms: sent once, left with a warning while changed, passwords shown on demand, characters counted.
const snapshots = new WeakMap();
const snapshot = (form) => JSON.stringify([...new FormData(form)]);

document.addEventListener("focusin", ({ target: { form } }) => {
  if (form?.matches?.("[data-unsaved]") && !snapshots.has(form)) snapshots.set(form, snapshot(form));
});
for (const change of ["input", "change"]) {
  document.addEventListener(change, ({ target }) => {
    const before = snapshots.get(target.form);
    if (before) target.form.toggleAttribute("data-dirty", before !== snapshot(target.form));
    const counter = target.closest(".counted")?.querySelector(".counter");
    if (counter) counter.textContent = `${target.value.length} / ${target.maxLength}`;
  });
}
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]:not([data-sent])")) event.preventDefault();
});

function free(form) {
  form.removeAttribute("data-sent");
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return; // a field may be called "method"
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  form.setAttribute("data-sent", "");
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(free, 10000, form); // the answer may be a file, and this page stays
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));

document.addEventListener("click", (event) => {
  const button = event.target.closest(".reveal");
  if (!button) return;
  const shown = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", shown);
  button.parentElement.querySelector("input").type = shown ? "text" : "password";
});
