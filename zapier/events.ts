/** What the event catalogue does not say: each event's noun, record, filters, and where recent ones are found. */
import type { PlainInputField } from "zapier-platform-core";
import type { Contact, Conversation, Event, EventPayload, EventType, Message } from "../src/api/index.ts";
import { Platform, parseConversationId } from "../src/api/index.ts";
import { clearableFields } from "./input/contact-fields.ts";
import { choicesOf } from "./input/fields.ts";
import { textInput } from "./input/inputs.ts";
import type { Step } from "./perform.ts";
import { contactRecord, conversationRecord, messageRecord } from "./records/index.ts";
import type { Column, ZapierRecord } from "./records/record.ts";

type InputData = Readonly<Record<string, unknown>>;
type Source = Pick<Step, "onsync" | "signal">;

export type EventWords<Payload> = {
  noun: string;
  record: ZapierRecord<Payload>;
  inputFields: PlainInputField[];
  /** Columns made of the event rather than its payload. */
  more?: readonly Column<{ data: Payload }>[];
  /** Whether the Zap wants it. */
  wanted(event: { data: Payload }, inputData: InputData): boolean;
  /** Real objects, newest first, to set a Zap up with. Every call it makes is an extension's. */
  recent(source: Source): Promise<Payload[]>;
};

const mostRecent = 5;

const platformField: PlainInputField = {
  key: "platform",
  label: "Platform",
  required: false,
  choices: choicesOf(Platform.options),
  helpText: "Only messages on this channel. Leave it empty for all.",
};

function isOnPlatform(message: Message, inputData: InputData): boolean {
  const platform = textInput(inputData, "platform");
  return (
    platform === undefined || platform === (message.platform ?? parseConversationId(message.conversationId)?.platform)
  );
}

/** The latest messages of the conversations that were active last. */
async function recentMessages({ onsync, signal }: Source): Promise<Message[]> {
  const { data } = await onsync.conversations.list({ limit: mostRecent }, { signal });
  const histories = await Promise.all(
    data.map(({ id }) => onsync.messages.list(id, { limit: mostRecent }, { signal })),
  );
  return histories.flatMap((history) => history.data).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

function recentConversations(status: "assigned" | "resolved") {
  return async ({ onsync, signal }: Source): Promise<Conversation[]> =>
    (await onsync.conversations.list({ status, limit: mostRecent }, { signal })).data;
}

async function recentContacts({ onsync, signal }: Source): Promise<Contact[]> {
  return (await onsync.contacts.list({ limit: mostRecent }, { signal })).data;
}

const contactWords = {
  noun: "Contact",
  record: contactRecord,
  inputFields: [],
  wanted: () => true,
  recent: recentContacts,
};
const conversationWords = { noun: "Conversation", record: conversationRecord, inputFields: [], wanted: () => true };

/** Which fields an update changed, where the event says so; the API's documentation does not promise it. */
function changedFields(event: { data: Contact } & Partial<Event>): string[] | null {
  const named: unknown = "changedFields" in event ? event.changedFields : event.data.changedFields;
  return Array.isArray(named) ? named.map(String) : null;
}

export const eventWords: { [Type in EventType]: EventWords<EventPayload<Type>> } = {
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
    wanted: ({ data }, inputData) => {
      const direction = textInput(inputData, "direction") ?? "inbound";
      const words = textInput(inputData, "contains")?.toLocaleLowerCase();
      return (
        (direction === "any" || data.direction === direction) &&
        isOnPlatform(data, inputData) &&
        (words === undefined || (data.content ?? "").toLocaleLowerCase().includes(words))
      );
    },
    recent: recentMessages,
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
        choices: choicesOf(["sent", "delivered", "read", "failed"]),
        helpText: "Only changes to these. Leave it empty for all.",
      },
      platformField,
    ],
    wanted: ({ data }, inputData) => {
      const statuses = listInput(inputData, "status");
      return isOnPlatform(data, inputData) && (statuses.length === 0 || statuses.includes(String(data.status)));
    },
    recent: async (source) => (await recentMessages(source)).filter(({ direction }) => direction === "outbound"),
  },
  "conversation.assigned": { ...conversationWords, recent: recentConversations("assigned") },
  "conversation.resolved": { ...conversationWords, recent: recentConversations("resolved") },
  "contact.created": contactWords,
  "contact.updated": {
    ...contactWords,
    inputFields: [
      {
        key: "changed",
        label: "Changed Fields",
        required: false,
        list: true,
        choices: clearableFields,
        helpText:
          "Only when one of these changed. This works where OnSync tells which fields changed; where it does not, every update triggers.",
      },
    ],
    more: [{ key: "changedFields", label: "Changed Fields", list: true, value: (event) => changedFields(event) ?? [] }],
    wanted: (event, inputData) => {
      const chosen = listInput(inputData, "changed");
      const changed = changedFields(event);
      return (
        chosen.length === 0 ||
        changed === null ||
        chosen.some((field) => changed.some((each) => each === field || field.startsWith(`${each}.`)))
      );
    },
  },
};

function listInput(inputData: InputData, key: string): string[] {
  return [inputData[key] ?? []]
    .flat()
    .filter((item) => item !== "")
    .map(String);
}
