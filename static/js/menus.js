// Menus by keyboard: the first item is focused on opening; arrows, Home, End and letters move, Tab leaves.
const itemsOf = (menu) => [...menu.querySelectorAll("[role=menuitem]")];

function move(event, menu) {
  const items = itemsOf(menu), at = items.indexOf(document.activeElement), { length } = items;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + length, Home: 0, End: length - 1 }[event.key];
  const begins = (item) => item.textContent.trim().toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase());
  if (event.key === "Tab") menu.hidePopover();
  else if (to !== undefined) items[to % length].focus();
  else if (event.key.length === 1 && event.key !== " ") [...items.slice(at + 1), ...items].find(begins)?.focus();
  if (to !== undefined) event.preventDefault();
}

document.addEventListener("toggle", ({ target, newState }) => {
  if (newState === "open" && target.matches("[role=menu]")) itemsOf(target)[0]?.focus();
}, true);
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("[role=menu]");
  const opener = event.target.closest("[aria-haspopup=menu]");
  if (menu) move(event, menu);
  else if (opener && event.key === "ArrowDown") {
    event.preventDefault();
    opener.popoverTargetElement.showPopover({ source: opener });
  } else if (event.key === "Escape") {
    for (const tipped of document.querySelectorAll(".tipped:is(:hover, :focus-within)")) tipped.classList.add("dismissed");
  }
});
for (const leaving of ["focusout", "pointerout"]) {
  document.addEventListener(leaving, ({ target }) => target.closest(".tipped")?.classList.remove("dismissed"));
}
