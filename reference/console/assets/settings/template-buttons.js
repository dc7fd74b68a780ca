/** The buttons of a template, in its form: added, filled in, removed. */
import { h } from "../dom.js";
import { button } from "../elements/button.js";
import { field, select } from "../elements/form.js";

/** What WhatsApp allows of a template. */
const maxButtons = 10;

const types = [
  ["QUICK_REPLY", "Quick reply"],
  ["URL", "Opens a link"],
  ["PHONE_NUMBER", "Calls a number"],
];
const targets = {
  URL: ["url", "Link", "https://example.com/orders/{{1}}"],
  PHONE_NUMBER: ["phone_number", "Number", "+971500000000"],
};

function withKnownType(type) {
  return types.some(([each]) => each === type) ? types : [...types, [type, type]];
}

/** One button's inputs. What else it has stays as it is. */
function createButtonRow(given, changed, remove) {
  const type = select(withKnownType(given.type), given.type);
  const text = h("input", { type: "text", dir: "auto", maxlength: "25", value: given.text ?? "" });
  const inputs = new Map(
    Object.entries(targets).map(([name, [key, label, placeholder]]) => {
      const input = h("input", { type: "text", value: given[key] ?? "", placeholder, autocomplete: "off" });
      return [name, { key, input, element: field(label, input) }];
    }),
  );
  const target = h("div");
  const drawTarget = () => target.replaceChildren(inputs.get(type.value)?.element ?? "");
  type.addEventListener("change", () => {
    drawTarget();
    changed();
  });
  drawTarget();
  const row = {
    element: h(
      "li",
      { class: "button-row" },
      field("Button", type),
      field("Its text", text),
      target,
      button("Remove", () => remove(row), { "aria-label": "Remove the button" }),
    ),
    read: () => {
      const { url: _url, phone_number: _number, ...rest } = given;
      const chosen = inputs.get(type.value);
      return {
        ...(type.value === given.type ? given : rest),
        type: type.value,
        text: text.value.trim(),
        ...(chosen && { [chosen.key]: chosen.input.value.trim() }),
      };
    },
    focus: () => type.focus(),
  };
  return row;
}

/** @param changed is told when something was */
export function createButtonsEditor(buttons, changed) {
  let rows = [];
  const list = h("ol", { class: "button-rows" });
  const add = button("Add a button", () => {
    insert({ type: "QUICK_REPLY", text: "" }).focus();
    changed();
  });
  const draw = () => {
    list.replaceChildren(...rows.map(({ element }) => element));
    add.disabled = rows.length >= maxButtons;
  };
  const remove = (row) => {
    rows = rows.filter((each) => each !== row);
    draw();
    changed();
    add.focus();
  };
  const insert = (given) => {
    const row = createButtonRow(given, changed, remove);
    rows.push(row);
    draw();
    return row;
  };
  for (const each of buttons) insert(each);
  draw();
  return {
    element: h("fieldset", { class: "checks" }, h("legend", {}, "Buttons"), list, h("div", { class: "buttons" }, add)),
    read: () => rows.map((row) => row.read()),
  };
}
