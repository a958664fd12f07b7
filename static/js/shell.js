// The shell: the navigation with names or icons only, dialogs behind links, and keys named as this device names them.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".nav-foot button");
  if (button) {
    event.preventDefault();
    show(button);
  }
  const link = event.target.closest("[data-opens]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    document.getElementById(link.dataset.opens).showModal();
  }
});

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
