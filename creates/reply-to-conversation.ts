import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { toCreate } from "../zapier/action.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { windowAwareMessageRecord } from "../zapier/records/index.ts";
import { clientReferenceField } from "../zapier/send/client-reference.ts";
import { outsideWindowField, toWindowAwareReply, windowTemplateFields } from "../zapier/send/outside-window.ts";

export default toCreate(operations.reply_to_conversation, {
  noun: "Reply",
  description: "Sends a text to the customer of a conversation, on the channel that it is on.",
  fields: (field) => [
    field("conversationId", {
      ...conversationDropdown,
      search: "find_conversation.id",
      helpText:
        "The conversation to answer: map Conversation ID from a trigger or a search. It tells channel and address, so that none is typed; never make one up.",
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
  lock: "send-{{bundle.inputData.conversationId}}",
  toSend: toWindowAwareReply,
  record: windowAwareMessageRecord,
  sample: samples.sentMessage,
});
