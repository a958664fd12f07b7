// The command palette: the server finds, this opens it, moves through what was found, and chooses.
const palette = document.getElementById("palette");
const field = palette.querySelector("[role=combobox]");
const options = () => [...palette.querySelectorAll(".palette-option")];
const chosen = () => palette.querySelector("[aria-selected=true]");
let asked, answered; // what the list was asked for last, and what it holds
let isEntered = false; // chosen before the answer came: then the first of it

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option?.id ?? "");
}

function move(key) {
  const all = options();
  const at = all.indexOf(chosen());
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
  choose(all[steps[key] % all.length]);
}

field.addEventListener("keydown", (event) => {
  if (event.isComposing) {
    return;
  }
  if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
    event.preventDefault();
    move(event.key);
  } else if (event.key === "Enter") {
    event.preventDefault();
    isEntered = field.value !== answered;
    if (!isEntered) chosen()?.click();
  }
});

field.addEventListener("input", () => {
  isEntered = false;
  choose(field.value === answered ? options()[0] : null);
});
palette.addEventListener("htmx:beforeRequest", () => {
  asked = field.value;
});
palette.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "palette-list") return;
  answered = asked;
  choose(options()[0]);
  if (isEntered && field.value === answered) chosen()?.click();
});
palette.addEventListener("close", () => {
  field.value = "";
  answered = null;
  isEntered = false;
  choose(null);
});

// By the place of the key where the layout has no Latin letters.
document.addEventListener("keydown", (event) => {
  const isK = event.key.toLowerCase() === "k" || (event.key > "\x7f" && event.code === "KeyK");
  if (!isK || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) {
    return;
  }
  event.preventDefault();
  if (palette.open) {
    palette.close();
  } else {
    palette.showModal();
  }
});
