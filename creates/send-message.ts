import { samples } from "../src/api/samples/index.ts";
import { sendMessage } from "../src/operations/send-message.ts";
import { toCreate } from "../zapier/action.ts";
import { windowAwareMessageRecord } from "../zapier/records/message.ts";
import { toWindowAwareSend } from "../zapier/send/outside-window.ts";
import { createTextFields } from "../zapier/send/text-fields.ts";

export default toCreate(sendMessage, {
  noun: "Message",
  description: "Sends a text message to a customer from the shared inbox.",
  fields: (field) => [
    field("platform", { helpText: "The channel the customer is on." }),
    field("to", {
      label: "Customer Address",
      helpText:
        "From the trigger or an earlier step; never guess one. On WhatsApp a phone number with its country code, on the other platforms the customer's id there.",
    }),
    ...createTextFields(field),
  ],
  toSend: toWindowAwareSend,
  lock: "send-{{bundle.inputData.to}}",
  record: windowAwareMessageRecord,
  sample: samples.sentMessage,
});
