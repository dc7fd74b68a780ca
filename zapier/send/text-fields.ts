/** What a form has of a text to send, whoever it is for. */
import type { PlainInputField } from "zapier-platform-core";
import { clientReferenceField } from "./client-reference.ts";
import { outsideWindowField, windowTemplateFields } from "./outside-window.ts";

export function createTextFields(
  field: (key: "content" | "metadata", overrides: Partial<PlainInputField>) => PlainInputField,
): (PlainInputField | typeof windowTemplateFields)[] {
  return [
    field("content", {
      type: "text",
      helpText:
        "1 to 4096 characters, sent exactly as written. On WhatsApp a text is only possible within 24 hours of the customer's last message: after that, what is chosen below happens.",
    }),
    outsideWindowField,
    windowTemplateFields,
    field("metadata", {
      helpText: "Data of your own, such as a campaign. It is kept with the message and comes back in triggers.",
    }),
    clientReferenceField,
  ];
}
