// Selects with search: an editable combobox with a list (WAI-ARIA APG) before the select, which keeps the value.
const plain = (text) => text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLocaleLowerCase().trim();
const make = (tag, attributes, properties) => {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

function enhance(select) {
  const { id } = select, options = [...select.options], none = options.findIndex((option) => !option.value);
  const named = { role: "listbox", popover: "manual", "aria-label": select.labels[0].textContent };
  const list = make("ul", named, { id: `${id}-choices`, className: "choices" });
  const roles = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id };
  const input = make("input", roles, { type: "text", placeholder: options[none]?.text ?? "" });
  const nothing = make("li", { role: "option", "aria-disabled": "true" }, { textContent: select.dataset.combobox });
  const isOpen = () => list.matches(":popover-open"), active = () => list.querySelector("[data-active]");

  function activate(item) {
    active()?.removeAttribute("data-active");
    item?.toggleAttribute("data-active", true);
    item?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item?.id ?? "");
    input.setAttribute("aria-expanded", isOpen());
  }
  function open(typed = "") {
    const begins = (option) => plain(option.text).startsWith(plain(typed));
    const found = options.filter((option) => plain(option.text).includes(plain(typed)));
    found.sort((one, other) => begins(other) - begins(one));
    const items = found.map((option) => {
      const item = make("li", { role: "option", "aria-selected": option.selected }, { id: `${id}-${option.index}`, choice: option.index });
      item.append(make("bdi", {}, { textContent: option.text }));
      return item;
    });
    list.replaceChildren(...items.length ? items : [nothing]);
    if (!isOpen()) list.showPopover();
    activate(typed ? items[0] : list.querySelector("[aria-selected=true]"));
  }
  function close() {
    if (isOpen()) list.hidePopover();
    activate(null);
    input.value = select.value ? select.selectedOptions[0].text : "";
  }
  function choose(index) {
    const isOther = select.selectedIndex !== index;
    select.selectedIndex = index;
    close();
    if (isOther) select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function press(event) {
    const items = [...list.querySelectorAll("li:not([aria-disabled])")], at = items.indexOf(active());
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
    if (event.isComposing || (!isOpen() && !["ArrowDown", "ArrowUp"].includes(event.key))) return;
    if (!isOpen()) open();
    else if (to !== undefined) activate(items.at(to % items.length));
    else if (event.key === "Enter" && active()) choose(active().choice);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  }

  for (const name of ["aria-describedby", "aria-invalid", "required", "disabled", "id"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.addEventListener("keydown", press);
  input.addEventListener("input", (event) => event.isComposing || open(input.value));
  input.addEventListener("compositionend", () => open(input.value));
  input.addEventListener("click", () => isOpen() || open());
  input.addEventListener("blur", () => (input.value === "" && none >= 0 ? choose(none) : close()));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => target.closest("li:not([aria-disabled])") && choose(target.closest("li").choice));
  addEventListener("pageshow", () => document.activeElement === input || close());
  Object.assign(select, { id: `${id}-value`, hidden: true, required: false }).removeAttribute("data-combobox");
  select.before(input);
  select.parentElement.append(list);
  close();
}

const enhanceAll = () => document.querySelectorAll("select[data-combobox]").forEach(enhance);
document.addEventListener("htmx:load", enhanceAll);
enhanceAll();
