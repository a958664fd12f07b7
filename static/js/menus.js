// Menus by keyboard: the first item is focused on opening; arrows, Home, End and letters move, Tab leaves.
const MENU = ".popover.menu";
const itemsOf = (menu) => [...menu.querySelectorAll(".menu-item")].filter((item) => item.checkVisibility());

function move(event, menu) {
  const items = itemsOf(menu), at = items.indexOf(document.activeElement), { length } = items;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + length, Home: 0, End: length - 1 }[event.key];
  const begins = (item) => item.textContent.trim().toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase());
  const isLetter = event.key.length === 1 && event.key !== " " && !(event.ctrlKey || event.metaKey || event.altKey);
  if (event.key === "Tab") menu.hidePopover();
  else if (to !== undefined) items[to % length].focus();
  else if (isLetter) [...items.slice(at + 1), ...items].find(begins)?.focus();
  if (to !== undefined || isLetter) event.preventDefault();
}

document.addEventListener("toggle", ({ target, newState }) => {
  if (newState === "open" && target.matches(MENU)) itemsOf(target)[0]?.focus();
}, true);
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest(MENU);
  const opener = event.target.closest("[popovertarget]");
  if (menu) move(event, menu);
  else if (event.key === "ArrowDown" && opener?.popoverTargetElement?.matches(MENU)) {
    event.preventDefault();
    opener.popoverTargetElement.showPopover({ source: opener });
  } else if (event.key === "Escape") {
    for (const tipped of document.querySelectorAll(".tipped:is(:hover, :focus-within)")) tipped.classList.add("dismissed");
  }
});
for (const leaving of ["focusout", "pointerout"]) {
  document.addEventListener(leaving, ({ target }) => target.closest(".tipped")?.classList.remove("dismissed"));
}
