// Dialogs: what browsers without commandfor or closedby leave undone, and forms that ask before they are sent.
const opensByItself = "commandForElement" in HTMLButtonElement.prototype;
const closesByItself = "closedBy" in HTMLDialogElement.prototype;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[commandfor]");
  if (button && !opensByItself) {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    event.preventDefault();
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  } else if (!closesByItself && event.target.matches("dialog[closedby=any]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX > box.left && event.clientX < box.right && event.clientY > box.top && event.clientY < box.bottom;
    if (!inside) event.target.close();
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
