// Toasts: their cross, their end (when is the stylesheet's), and new ones for a "toast" event of script or server.
document.addEventListener("click", (event) => {
  const notice = event.target.closest(".dismiss")?.closest(".notice");
  if (!notice) return;
  notice.remove();
  document.getElementById("main")?.focus({ preventScroll: true });
});
document.addEventListener("animationend", ({ target, animationName }) => {
  if (animationName === "toast-out") target.remove();
});
document.addEventListener("toast", ({ detail: { level, text } }) => {
  const shape = document.getElementById(level === "error" ? "toast-error" : "toast-success");
  const toast = shape.content.firstElementChild.cloneNode(true);
  document.getElementById("toasts").append(toast);
  toast.querySelector(".notice-words").textContent = text;
});
