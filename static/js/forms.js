// Forms: the pressed button turns, changes aren't left without a warning, passwords shown on demand, characters counted.
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
  if (document.querySelector("form[data-dirty]:not([aria-busy])")) event.preventDefault();
});

addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
  if (defaultPrevented || !submitter || target.getAttribute("method") === "dialog") return;
  submitter.ariaBusy = "true";
  setTimeout(() => { submitter.ariaBusy = null; }, 10000); // the answer may be a file, and this page stays
});

document.addEventListener("click", (event) => {
  const button = event.target.closest(".reveal");
  if (!button) return;
  const shown = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", shown);
  button.parentElement.querySelector("input").type = shown ? "text" : "password";
});
