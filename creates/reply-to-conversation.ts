import { samples } from "../src/api/samples/index.ts";
import { replyToConversation } from "../src/operations/reply-to-conversation.ts";
import { toCreate } from "../zapier/action.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { windowAwareMessageRecord } from "../zapier/records/message.ts";
import { toWindowAwareReply } from "../zapier/send/outside-window.ts";
import { createTextFields } from "../zapier/send/text-fields.ts";

export default toCreate(replyToConversation, {
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
