/** What the triggers on conversations have in common: the record, and filters by channel and by teammate. */
import type { Conversation } from "../../src/api/index.ts";
import { type InputData, readText } from "../input/input-data.ts";
import type { PerformContext } from "../perform.ts";
import { conversationRecord } from "../records/conversation.ts";
import { createPlatformField, isOnPlatform } from "./platform-filter.ts";
import { listRecentConversations } from "./recent.ts";

const conversationSettings = {
  noun: "Conversation",
  record: conversationRecord,
  inputFields: [
    createPlatformField("conversations"),
    {
      key: "assignee",
      label: "Assignee",
      required: false,
      placeholder: "omar@example.com",
      helpText:
        "Only conversations of this teammate: the whole name, the email or the id, as OnSync has it, in upper or lower case. Leave it empty for all.",
    },
  ],
  isWanted: ({ data }: { data: Conversation }, inputData: InputData) =>
    isOnPlatform(data.platform, data.id, inputData) && isAssignedAsWanted(data, inputData),
};

export const conversationAssigned = {
  ...conversationSettings,
  listRecent: (context: PerformContext) => listRecentConversations(context, "assigned"),
};

export const conversationResolved = {
  ...conversationSettings,
  listRecent: (context: PerformContext) => listRecentConversations(context, "resolved"),
};

function isAssignedAsWanted({ assignee }: Conversation, inputData: InputData): boolean {
  const wanted = toComparable(readText(inputData, "assignee"));
  if (wanted === "") return true;
  return [assignee?.name, assignee?.email, assignee?.id].some((each) => toComparable(each) === wanted);
}

function toComparable(text: string | null | undefined): string {
  return (text ?? "").trim().toLocaleLowerCase();
}
