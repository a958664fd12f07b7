// Single keys, for whoever has them on: never while typing, never with a modifier, never behind a dialog.
const WAIT = 1500; // milliseconds between g and the letter after it
const TYPING = "input, textarea, select, [contenteditable], dialog[open]";
let pressed = 0;

// What the key says; where the layout has no Latin letters, what it would say by its place on the keyboard.
function said(event) {
  if (event.key.length > 1 || event.key <= "\x7f") {
    return event.key;
  }
  if (event.code === "Slash") {
    return event.shiftKey ? "?" : "/";
  }
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
}

function go(letter) {
  pressed = 0;
  document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
}

function step(by) {
  const rows = [...document.querySelectorAll("main .row-link")].filter((row) => row.checkVisibility());
  const at = rows.indexOf(document.activeElement?.closest("li, tr")?.querySelector(".row-link"));
  rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
}

function use(key) {
  const target = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  if (!target?.checkVisibility()) {
    return false;
  }
  target.focus();
  if (target.matches("input")) {
    target.select();
  } else {
    target.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest?.(TYPING) || document.querySelector("dialog[open]");
  if (busy || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const key = said(event);
  if (Date.now() - pressed < WAIT) {
    go(key);
  } else if (key === "g") {
    pressed = Date.now();
  } else if (key === "j" || key === "k") {
    step(key === "j" ? 1 : -1);
  } else if (key === "?") {
    document.getElementById("help").showModal();
  } else if (!use(key)) {
    return;
  }
  event.preventDefault();
});
