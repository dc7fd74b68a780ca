/** What the event catalogue does not say of each trigger: noun, record, filters, and where recent objects are found. */
import type { PlainInputField } from "zapier-platform-core";
import type { Event, EventPayload, EventType, Message } from "../../src/api/index.ts";
import { isErrorNamed } from "../../src/client/index.ts";
import { toChoices } from "../input/choices.ts";
import { type InputData, readBoolean, readList, readText } from "../input/input-data.ts";
import type { PerformContext } from "../perform.ts";
import { messageRecord } from "../records/message.ts";
import type { Column, ZapierRecord } from "../records/record.ts";
import { contactCreated, contactUpdated } from "./contact-settings.ts";
import { conversationAssigned, conversationResolved } from "./conversation-settings.ts";
import { createPlatformField, isOnPlatform } from "./platform-filter.ts";
import { listRecentMessages } from "./recent.ts";

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

const firstOnlyField: PlainInputField = {
  key: "firstOnly",
  label: "First Message Only",
  type: "boolean",
  required: false,
  default: "false",
  helpText:
    "Only the first message of a conversation: nothing was received or sent in it before. Each message that the other filters let through then costs a request, and the API key needs `read:messages`.",
};

/** Whether the conversation has nothing before the message. Asked of OnSync where the Zap wants to know, and only then. */
async function isFirstOfConversation(
  { conversationId, createdAt }: Message,
  { onsync, signal }: PerformContext,
): Promise<boolean> {
  try {
    const { data } = await onsync.messages.list(conversationId, { limit: 1, before: createdAt }, { signal });
    return data.length === 0;
  } catch (error) {
    if (isErrorNamed(error, "NotFoundError") && error.code === "not_found") return true;
    throw error;
  }
}

function isWantedMessage({ data }: { data: Message }, inputData: InputData): boolean {
  const direction = readText(inputData, "direction") ?? "inbound";
  const words = readText(inputData, "contains")?.toLocaleLowerCase();
  return (
    (direction === "any" || data.direction === direction) &&
    isOnPlatform(data.platform, data.conversationId, inputData) &&
    (words === undefined || (data.content ?? "").toLocaleLowerCase().includes(words))
  );
}

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
      createPlatformField("messages"),
      {
        key: "contains",
        label: "Contains",
        required: false,
        placeholder: "order",
        helpText: "Only messages with these words, in upper or lower case.",
      },
      firstOnlyField,
    ],
    complete: async (event, context) => {
      const { inputData } = context.bundle;
      if (readBoolean(inputData, firstOnlyField.key) !== true || !isWantedMessage(event, inputData)) return event;
      return (await isFirstOfConversation(event.data, context)) ? event : null;
    },
    isWanted: isWantedMessage,
    listRecent: (context) =>
      listRecentMessages(context, { firstOnly: readBoolean(context.bundle.inputData, firstOnlyField.key) === true }),
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
      createPlatformField("messages"),
    ],
    isWanted: ({ data }, inputData) => {
      const statuses = readList(inputData, "status");
      const isOn = isOnPlatform(data.platform, data.conversationId, inputData);
      return isOn && (statuses.length === 0 || statuses.includes(String(data.status)));
    },
    listRecent: async (context) =>
      (await listRecentMessages(context)).filter(({ direction }) => direction === "outbound"),
  },
  "conversation.assigned": conversationAssigned,
  "conversation.resolved": conversationResolved,
  "contact.created": contactCreated,
  "contact.updated": contactUpdated,
};
