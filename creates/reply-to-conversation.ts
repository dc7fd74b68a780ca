import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { toCreate } from "../zapier/action.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { windowAwareMessageRecord } from "../zapier/records/index.ts";
import { toWindowAwareReply } from "../zapier/send/outside-window.ts";
import { createTextFields } from "../zapier/send/text-fields.ts";

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
    ...createTextFields(field),
  ],
  lock: "send-{{bundle.inputData.conversationId}}",
  toSend: toWindowAwareReply,
  record: windowAwareMessageRecord,
  sample: samples.sentMessage,
});
