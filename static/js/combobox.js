// Selects with search: an editable combobox with a list (WAI-ARIA APG) before the select, which keeps the value.
const plain = (text) => text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLocaleLowerCase().trim();
const make = (tag, attributes) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

function enhance(select) {
  const { id, options } = select, nothing = select.dataset.combobox, label = select.labels[0]?.textContent ?? "";
  const list = make("ul", { role: "listbox", id: `${id}-choices`, class: "choices", popover: "manual", "aria-label": label });
  const input = make("input", {
    type: "text", role: "combobox", autocomplete: "off", dir: "auto", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": list.id, placeholder: [...options].find((option) => !option.value)?.text ?? "",
  });
  for (const name of ["aria-describedby", "aria-invalid", "required", "disabled", "id"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  const isOpen = () => list.matches(":popover-open"), active = () => list.querySelector("[data-active]");

  function activate(item) {
    active()?.removeAttribute("data-active");
    item?.toggleAttribute("data-active", true);
    item?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item?.id ?? "");
  }
  function open(typed = "") {
    const begins = (option) => plain(option.text).startsWith(plain(typed));
    const found = [...options].filter((option) => plain(option.text).includes(plain(typed)));
    found.sort((one, other) => begins(other) - begins(one));
    list.replaceChildren(...found.map((option) => {
      const item = make("li", { role: "option", id: `${id}-${option.index}`, dir: "auto", "aria-selected": option.selected });
      return Object.assign(item, { textContent: option.text, choice: option.index });
    }));
    if (!found.length) list.append(Object.assign(make("li", { role: "option", "aria-disabled": "true" }), { textContent: nothing }));
    if (!isOpen()) list.showPopover();
    input.setAttribute("aria-expanded", "true");
    activate(found.length ? list.querySelector(typed ? "li" : "[aria-selected=true]") : null);
  }
  function close() {
    if (isOpen()) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    activate(null);
    input.value = select.value ? select.selectedOptions[0].text : "";
  }
  function choose(index) {
    const other = select.selectedIndex !== index;
    select.selectedIndex = index;
    close();
    if (other) select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function leave() {
    const none = [...options].findIndex((option) => !option.value);
    if (input.value === "" && none >= 0) choose(none);
    else close();
  }
  function press(event) {
    if (event.isComposing) return;
    const items = [...list.querySelectorAll("li:not([aria-disabled])")], at = items.indexOf(active());
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
    if (!isOpen()) {
      if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
      open();
    } else if (to !== undefined) activate(items.at(to % items.length));
    else if (event.key === "Enter" && active()) choose(active().choice);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  }

  input.addEventListener("keydown", press);
  input.addEventListener("input", (event) => event.isComposing || open(input.value));
  input.addEventListener("compositionend", () => open(input.value));
  input.addEventListener("click", () => isOpen() || open());
  input.addEventListener("blur", leave);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target: { choice } }) => choice === undefined || choose(choice));
  Object.assign(select, { id: `${id}-value`, hidden: true, required: false });
  select.removeAttribute("data-combobox");
  select.before(input);
  select.parentElement.append(list);
  addEventListener("pageshow", () => document.activeElement === input || close());
  close();
}

const enhanceAll = () => document.querySelectorAll("select[data-combobox]").forEach(enhance);
document.addEventListener("htmx:load", enhanceAll);
enhanceAll();
