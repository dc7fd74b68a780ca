import { samples } from "../src/api/samples/index.ts";
import { findMessages } from "../src/operations/find-messages.ts";
import { toSearch } from "../zapier/action.ts";
import { createHaltedError } from "../zapier/errors.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { messageRecord } from "../zapier/records/message.ts";

export default toSearch(findMessages, {
  noun: "Message",
  description: "Finds a message in a conversation by text, direction or time, newest first.",
  fields: (field) => [
    field("conversationId", { required: true, ...conversationDropdown, search: "find_conversation.id" }),
    field("contains", { helpText: "Words the message contains, in upper or lower case." }),
    field("direction", { helpText: "Inbound messages come from the customer, outbound ones from your team." }),
    field("after", { type: "datetime", helpText: "Only messages after this time." }),
    field("before", { type: "datetime", helpText: "Only messages before this time." }),
    field("limit", {
      helpText:
        "How many messages to find at most, 1 to 100. Left empty: up to 20, from the newest hundred messages in which any matches.",
    }),
  ],
  record: messageRecord,
  sample: samples.inboundMessage,
  readItems: ({ data, complete, readBackTo }, { z }) => {
    // The search reads a bounded stretch of the history: nothing in it does not mean nothing at all.
    if (data.length === 0 && !complete)
      throw createHaltedError(
        z,
        `To look further back, set Before to ${readBackTo}: none of the messages since then matches, and the conversation goes on before that. One search reads 300 messages.`,
      );
    return data;
  },
});
