import { operations } from "../src/operations/index.ts";
import { searchOf } from "../zapier/action.ts";
import { contactChoice, conversationChoice } from "../zapier/input/dropdowns.ts";
import { foundConversationRecord, foundConversationSample } from "../zapier/records/index.ts";

export default searchOf(operations.find_conversation, {
  noun: "Conversation",
  description: "Finds a conversation by customer address, contact or id.",
  fields: (field) => [
    field("platform", { helpText: "The channel of the conversation. Needed with Customer Address." }),
    field("to", {
      helpText: "On WhatsApp a phone number with its country code; on the other platforms the customer's id there.",
    }),
    field("contactId", { ...contactChoice, search: "find_contact.id" }),
    field("conversationId", conversationChoice),
  ],
  record: foundConversationRecord,
  sample: foundConversationSample,
  found: ({ data }) => data,
  errors: { missing: "Fill in Platform and Customer Address, or Contact, or Conversation" },
});
