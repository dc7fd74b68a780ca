import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { toCreate } from "../zapier/action.ts";
import { windowAwareMessageRecord } from "../zapier/records/index.ts";
import { clientReferenceField } from "../zapier/send/client-reference.ts";
import { outsideWindowField, toWindowAwareSend, windowTemplateFields } from "../zapier/send/outside-window.ts";

export default toCreate(operations.send_message, {
  noun: "Message",
  description: "Sends a text message to a customer from the shared inbox.",
  fields: (field) => [
    field("platform", { helpText: "The channel the customer is on." }),
    field("to", {
      label: "Customer Address",
      helpText:
        "From the trigger or an earlier step; never guess one. On WhatsApp a phone number with its country code, on the other platforms the customer's id there.",
    }),
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
  ],
  toSend: toWindowAwareSend,
  lock: "send-{{bundle.inputData.to}}",
  record: windowAwareMessageRecord,
  sample: samples.sentMessage,
});
