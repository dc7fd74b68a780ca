/** What the event catalogue does not say of each trigger: noun, record, filters, and where recent objects are found. */
import type { PlainInputField } from "zapier-platform-core";
import type { Event, EventPayload, EventType, Message } from "../../src/api/index.ts";
import { Platform, parseConversationId } from "../../src/api/index.ts";
import { toChoices } from "../input/field-builder.ts";
import { type InputData, readList, readText } from "../input/read-input.ts";
import type { PerformContext } from "../perform.ts";
import { conversationRecord, messageRecord } from "../records/index.ts";
import type { Column, ZapierRecord } from "../records/record.ts";
import { contactCreated, contactUpdated } from "./contact-settings.ts";
import { listRecentConversations, listRecentMessages } from "./recent.ts";

export type TriggerSettings<Payload> = {
  noun: string;
  record: ZapierRecord<Payload>;
  inputFields: PlainInputField[];
  /** Columns made of the event rather than its payload. */
  extraColumns?: readonly Column<{ data: Payload }>[];
  /** Adds to a live event what the app knows about it; `null` where it is not to run the Zap. */
  complete?(event: Event & { data: Payload }, context: PerformContext): Promise<(Event & { data: Payload }) | null>;
  /** Whether the Zap's filters let it through. */
  isWanted(event: { data: Payload }, inputData: InputData): boolean;
  /** Real objects, newest first, to set a Zap up with. */
  listRecent(context: PerformContext): Promise<Payload[]>;
};

const platformField: PlainInputField = {
  key: "platform",
  label: "Platform",
  required: false,
  choices: toChoices(Platform.options),
  helpText: "Only messages on this channel. Leave it empty for all.",
};

function isOnPlatform(message: Message, inputData: InputData): boolean {
  const platform = readText(inputData, "platform");
  return (
    platform === undefined || platform === (message.platform ?? parseConversationId(message.conversationId)?.platform)
  );
}

const conversationSettings = {
  noun: "Conversation",
  record: conversationRecord,
  inputFields: [],
  isWanted: () => true,
};

export const triggerSettings: { [Type in EventType]: TriggerSettings<EventPayload<Type>> } = {
  "message.created": {
    noun: "Message",
    record: messageRecord,
    inputFields: [
      {
        key: "direction",
        label: "Direction",
        required: false,
        default: "inbound",
        choices: [
          { value: "inbound", sample: "inbound", label: "Received From Customers" },
          { value: "outbound", sample: "outbound", label: "Sent to Customers" },
          { value: "any", sample: "any", label: "Both" },
        ],
        helpText: "Messages received is the safe choice: a Zap that answers would otherwise answer its own messages.",
      },
      platformField,
      {
        key: "contains",
        label: "Contains",
        required: false,
        placeholder: "order",
        helpText: "Only messages with these words, in upper or lower case.",
      },
    ],
    isWanted: ({ data }, inputData) => {
      const direction = readText(inputData, "direction") ?? "inbound";
      const words = readText(inputData, "contains")?.toLocaleLowerCase();
      return (
        (direction === "any" || data.direction === direction) &&
        isOnPlatform(data, inputData) &&
        (words === undefined || (data.content ?? "").toLocaleLowerCase().includes(words))
      );
    },
    listRecent: listRecentMessages,
  },
  "message.updated": {
    noun: "Message Status",
    record: messageRecord,
    inputFields: [
      {
        key: "status",
        label: "Status",
        required: false,
        list: true,
        choices: toChoices(["sent", "delivered", "read", "failed"]),
        helpText: "Only changes to these. Leave it empty for all.",
      },
      platformField,
    ],
    isWanted: ({ data }, inputData) => {
      const statuses = readList(inputData, "status");
      return isOnPlatform(data, inputData) && (statuses.length === 0 || statuses.includes(String(data.status)));
    },
    listRecent: async (context) =>
      (await listRecentMessages(context)).filter(({ direction }) => direction === "outbound"),
  },
  "conversation.assigned": {
    ...conversationSettings,
    listRecent: (context) => listRecentConversations(context, "assigned"),
  },
  "conversation.resolved": {
    ...conversationSettings,
    listRecent: (context) => listRecentConversations(context, "resolved"),
  },
  "contact.created": contactCreated,
  "contact.updated": contactUpdated,
};
