import { getTranscript } from "../src/operations/get-transcript.ts";
import { toSearch } from "../zapier/action.ts";
import { conversationDropdown } from "../zapier/input/dropdowns.ts";
import { transcriptRecord, transcriptSample } from "../zapier/records/transcript.ts";

export default toSearch(getTranscript, {
  noun: "Transcript",
  description: "Finds a conversation's latest messages as one text for an AI step, and as line items, oldest first.",
  fields: (field) => [
    field("conversationId", { ...conversationDropdown, search: "find_conversation.id" }),
    field("limit", {
      helpText: "How many of the latest messages, 1 to 250. Each hundred takes one of your organization's requests.",
    }),
  ],
  record: transcriptRecord,
  sample: transcriptSample,
  readItems: (transcript) => (transcript.messages.length === 0 ? [] : [transcript]),
});
