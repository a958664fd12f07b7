// A button that prints its page; without script the browser's own menu does.
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
