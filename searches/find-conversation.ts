import { findConversation } from "../src/operations/find-conversation.ts";
import { toSearch } from "../zapier/action.ts";
import { contactDropdown, conversationDropdown } from "../zapier/input/dropdowns.ts";
import { foundConversationRecord, foundConversationSample } from "../zapier/records/conversation.ts";

export default toSearch(findConversation, {
  noun: "Conversation",
  description: "Finds a conversation by customer address, contact or id.",
  fields: (field) => [
    field("platform", { helpText: "The channel of the conversation. Needed with Customer Address." }),
    field("to", {
      helpText:
        "From the trigger or an earlier step; never guess one. On WhatsApp a phone number with its country code, on the other platforms the customer's id there.",
    }),
    field("contactId", { ...contactDropdown, search: "find_contact.id" }),
    field("conversationId", conversationDropdown),
  ],
  record: foundConversationRecord,
  sample: foundConversationSample,
  readItems: ({ data }) => data,
  errors: { tooLittleInput: "Fill in Platform and Customer Address, or Contact, or Conversation" },
});
