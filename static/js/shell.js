// The shell: the navigation with names or icons only, and keys named as this device names them.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".nav-foot button");
  if (button) {
    event.preventDefault();
    show(button);
  }
});

// Before dialogs.js: what a menu opens gives the focus back to the menu's button, for the menu is gone by then.
document.addEventListener(
  "click",
  (event) => event.target.closest("[popover] [data-opens]")?.closest("[popover]").hidePopover(),
  { capture: true },
);

// Done here at once, and remembered by the server as the form would have it.
function show(button) {
  const choice = new FormData(button.form, button);
  document.body.classList.toggle("rail", button.value === "rail");
  fetch(button.form.action, { method: "POST", body: choice, redirect: "manual", keepalive: true });
  button.form.querySelector(`button:not([value=${button.value}])`).focus({ preventScroll: true });
}

// A drawer that is open when the window grows would stay in front of the page.
matchMedia("(width >= 48rem)").addEventListener("change", () => {
  document.querySelector(".sidenav:popover-open")?.hidePopover();
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-on-a-mac]")) {
    key.textContent = key.dataset.onAMac;
  }
}
