import { checkMessagingWindow } from "../src/operations/check-messaging-window.ts";
import { toSearch } from "../zapier/action.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { messagingWindowRecord, messagingWindowSample } from "../zapier/records/messaging-window.ts";

export default toSearch(checkMessagingWindow, {
  noun: "Messaging Window",
  label: "Find Messaging Window",
  description: "Finds a conversation's messaging window: whether a text may be sent now, or only a template.",
  fields: (field) => [field("conversationId", { ...conversationDropdown, search: "find_conversation.id" })],
  record: messagingWindowRecord,
  sample: messagingWindowSample,
  readItems: (window) => [window],
});
