/** What a Smart Trigger replies: nothing, a text, or a template with its values. */
import { h } from "../dom.js";
import { field, select } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";
import { createTemplateReply } from "./template-reply.js";

const help = "{{firstName}} is the customer's first name.";
const kinds = [
  ["", "Nothing"],
  ["text", "A text"],
  ["template", "A template, on WhatsApp"],
];

/** @param reply what there is; `undefined` for none */
export function createReplyFields(reply) {
  const isText = reply?.text !== undefined;
  const kind = select(kinds, reply === undefined ? "" : isText ? "text" : "template");
  const text = h("textarea", { name: "text", rows: "3", dir: "auto", value: reply?.text ?? "" });
  const textField = field("Text", text, help);
  const template = createTemplateReply(isText ? undefined : reply, help);
  const more = h("div");

  async function draw() {
    if (kind.value === "template") await toastErrors(template.show);
    const shown = { text: textField, template: template.element }[kind.value];
    more.replaceChildren(...(shown ? [shown] : []));
  }
  kind.addEventListener("change", draw);
  draw();

  return {
    element: h("div", { class: "reply" }, field("Reply", kind), more),
    read: () => {
      if (kind.value === "text") return { text: text.value };
      return kind.value === "template" ? template.read() : undefined;
    },
  };
}
