/* A button that copies what it names, and says that it did. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const name = button.getAttribute("aria-label");
  button.setAttribute("aria-label", button.dataset.copied);
  button.classList.add("copied");
  setTimeout(() => {
    button.setAttribute("aria-label", name);
    button.classList.remove("copied");
  }, 1500);
});
