// Dialogs: opened by links, closed and opened where the browser doesn't know commandfor and closedby, asked before a form.
const opensByItself = "commandForElement" in HTMLButtonElement.prototype;
const closesByItself = "closedBy" in HTMLDialogElement.prototype;

document.addEventListener("click", (event) => {
  const { target, clientX: x, clientY: y } = event;
  const link = target.closest("a[data-opens]"), button = target.closest("button[commandfor]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    link.closest("dialog")?.close();
    document.getElementById(link.dataset.opens).showModal();
  } else if (button && !opensByItself) {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  } else if (!closesByItself && target.matches("dialog[closedby=any]")) {
    const box = target.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) target.close();
  }
});

// Before htmx hears of it, too. The dialog's own button sends the form as confirmed.
document.addEventListener("submit", (event) => {
  const question = document.getElementById(event.target.dataset.confirm);
  if (!question || event.submitter?.name === "confirmed") return;
  event.preventDefault();
  event.stopPropagation();
  question.showModal();
}, true);
