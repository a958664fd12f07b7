// A form is sent once, however often its button is pressed. Nothing is disabled: the focus stays, and so does its value.
const PATIENCE = 30000; // milliseconds: an answer that is a download never leaves the page

const isBusy = (element) => element.ariaBusy === "true";
const free = (element) => element.removeAttribute("aria-busy");

function occupy(element) {
  element.ariaBusy = "true";
  setTimeout(free, PATIENCE, element);
}

document.addEventListener(
  "submit",
  (event) => {
    if (!isBusy(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

// After everybody else: what htmx or a question took over isn't sent by the browser.
window.addEventListener("submit", (event) => {
  const form = event.target;
  const stays = form.method === "dialog" || (form.target && form.target !== "_self");
  if (!event.defaultPrevented && !stays) occupy(form);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (!elt.matches("form, button, a")) return;
  if (isBusy(elt)) event.preventDefault();
  else occupy(elt);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => free(detail.elt));

// htmx takes over what came in an answer a moment after it is shown: sent in between, the browser would leave the page.
document.addEventListener("htmx:afterSwap", ({ target }) => htmx.process(target));

// Back from another page: the browser shows the page as it was left.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("[aria-busy]").forEach(free);
});
