// Rows that are chosen: how many, all at once by the box in the head, a range with Shift.
let last;
const boxesOf = (form) => [...form.elements].filter((box) => box.name === "selected");

function tell(form) {
  const boxes = boxesOf(form), chosen = boxes.filter((box) => box.checked).length, all = form.querySelector("[data-select-all]");
  form.querySelector(".bulk-count output").value = chosen;
  if (all) Object.assign(all, { checked: chosen === boxes.length, indeterminate: chosen > 0 && chosen < boxes.length });
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (!target.form || !target.matches("[name=selected], [data-select-all]")) return;
  const boxes = boxesOf(target.form), [from, to] = [boxes.indexOf(last), boxes.indexOf(target)].sort((a, b) => a - b);
  const meant = target.name !== "selected" ? boxes : shiftKey && from >= 0 ? boxes.slice(from, to + 1) : [];
  for (const box of meant) box.checked = target.checked;
  last = target;
  tell(target.form);
});
addEventListener("pageshow", () => document.querySelectorAll(".bulk-count output").forEach((output) => tell(output.form)));
