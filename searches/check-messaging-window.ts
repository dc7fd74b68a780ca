import { operations } from "../src/operations/index.ts";
import { toSearch } from "../zapier/action.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { messagingWindowRecord, messagingWindowSample } from "../zapier/records/index.ts";

export default toSearch(operations.check_messaging_window, {
  noun: "Messaging Window",
  label: "Find Messaging Window",
  description: "Finds a conversation's messaging window: whether a text may be sent now, or only a template.",
  fields: (field) => [field("conversationId", { ...conversationDropdown, search: "find_conversation.id" })],
  record: messagingWindowRecord,
  sample: messagingWindowSample,
  readItems: (window) => [window],
});
