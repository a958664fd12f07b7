// Rows that are chosen: how many, all at once by the box in the head, a range with Shift.
let last;

document.addEventListener("click", ({ target, shiftKey }) => {
  const form = target.form;
  if (!form || !target.matches("[name=selected], [data-select-all]")) return;
  const boxes = [...form.querySelectorAll("[name=selected]")];
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(target)].sort((a, b) => a - b);
  const meant = target.name !== "selected" ? boxes : shiftKey && from >= 0 ? boxes.slice(from, to + 1) : [];
  for (const box of meant) box.checked = target.checked;
  last = target;
  tell(form, boxes);
});
addEventListener("pageshow", () => {
  for (const output of document.querySelectorAll(".bulk-count output")) tell(output.form);
});

function tell(form, boxes = [...form.querySelectorAll("[name=selected]")]) {
  const chosen = boxes.filter((box) => box.checked).length, all = form.querySelector("[data-select-all]");
  form.querySelector(".bulk-count output").value = chosen;
  if (all) Object.assign(all, { checked: chosen === boxes.length, indeterminate: chosen > 0 && chosen < boxes.length });
}
