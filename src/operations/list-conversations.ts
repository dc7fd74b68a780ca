import * as z from "zod";
import { ConversationStatus, ListedConversation } from "../api/conversation.ts";
import { Cursor, limit, Platform } from "../api/fields.ts";
import { calculateWindowEnd, isWindowOpen } from "../api/messaging-window.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";
import { scanList } from "./scan-list.ts";

const sorts = ["recent", "longest_waiting", "window_closing"] as const;

const input = z.strictObject({
  status: ConversationStatus.optional(),
  platform: Platform.optional(),
  unanswered: z
    .boolean()
    .optional()
    .meta({ title: "Unanswered", description: "True: the customer wrote last and waits. False: the team did." }),
  windowClosesWithin: z
    .number()
    .positive()
    .max(24)
    .optional()
    .meta({ title: "Window Closes Within", description: "Hours in which the open WhatsApp window closes, such as 4." }),
  assignee: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ title: "Assignee", description: "A teammate's name, e-mail or id; none: not assigned." }),
  sort: z.enum(sorts).default("recent").meta({
    title: "Sort",
    description: "recent: most recently active first; longest_waiting; window_closing: soonest.",
  }),
  limit: limit(20),
  cursor: Cursor.optional(),
});

type Wanted = z.output<typeof input>;

function toTime(instant: string | null | undefined): number {
  return Date.parse(instant ?? "");
}

/** Whether the customer wrote last. What was resolved after that waits no more: an inbound message would reopen it. */
function isUnanswered(conversation: ListedConversation): boolean {
  const inbound = toTime(conversation.lastInboundAt);
  return conversation.status !== "resolved" && inbound >= (toTime(conversation.lastMessageAt) || 0);
}

/** When the open window of WhatsApp closes; `null`: none is open. */
function findWindowEnd({ platform, lastInboundAt }: ListedConversation, now: number): number | null {
  const inbound = toTime(lastInboundAt);
  return platform === "whatsapp" && isWindowOpen(Number.isNaN(inbound) ? null : inbound, now)
    ? calculateWindowEnd(inbound)
    : null;
}

function isAssignedTo({ assignee }: ListedConversation, wanted: string): boolean {
  const who = wanted.trim().toLocaleLowerCase();
  if (who === "none") return !assignee;
  return [assignee?.id, assignee?.name, assignee?.email].some((each) => String(each ?? "").toLocaleLowerCase() === who);
}

function matches(conversation: ListedConversation, wanted: Wanted, now: number): boolean {
  const { unanswered, windowClosesWithin, assignee } = wanted;
  // A record that is no object can only be shown where nothing is asked of it.
  if (typeof conversation !== "object" || conversation === null) return false;
  const end = windowClosesWithin === undefined ? null : findWindowEnd(conversation, now);
  return (
    (unanswered === undefined || isUnanswered(conversation) === unanswered) &&
    (windowClosesWithin === undefined || (end !== null && end - now <= windowClosesWithin * 3_600_000)) &&
    (assignee === undefined || isAssignedTo(conversation, assignee))
  );
}

/** By when each waits from; those that do not wait, or have no window, come last. */
/** @param getNow the server's time, which the first page tells */
function createOrder(sort: Wanted["sort"], getNow: () => number) {
  if (sort === "recent") return undefined;
  const rank = (conversation: ListedConversation): number =>
    sort === "longest_waiting"
      ? isUnanswered(conversation)
        ? toTime(conversation.lastInboundAt)
        : Number.MAX_SAFE_INTEGER
      : (findWindowEnd(conversation, getNow()) ?? Number.MAX_SAFE_INTEGER);
  return (a: ListedConversation, b: ListedConversation) => rank(a) - rank(b);
}

/** A list that does not tell names and texts leaves two requests a conversation to find them out. */
const maxLookedUp = 10;
const maxLimitLookedUp = 20;

/** The name and the last message of those shown, where the API's list does not tell them. What cannot be had stays out. */
async function lookUpWhoAndWhat(
  onsync: OnSync,
  conversations: readonly ListedConversation[],
  context: OperationContext,
): Promise<ListedConversation[]> {
  return Promise.all(
    conversations.map(async (conversation, index) => {
      if (index >= maxLookedUp || !conversation || conversation.lastMessage !== undefined) return conversation;
      const { contactId, id } = conversation;
      const [contact, history] = await Promise.allSettled([
        (async () => onsync.contacts.get(contactId, context))(),
        (async () => onsync.messages.list(id, { limit: 1 }, context))(),
      ]);
      const names = contact.status === "fulfilled" ? [contact.value.firstName, contact.value.lastName] : [];
      const lastMessage = history.status === "fulfilled" ? history.value.data[0] : undefined;
      const contactName = names.filter(Boolean).join(" ");
      return {
        ...conversation,
        ...(contactName !== "" && { contactName }),
        ...(lastMessage && { lastMessage }),
      };
    }),
  );
}

export const listConversations = defineOperation({
  name: "list_conversations",
  title: "List Conversations",
  description:
    "Lists conversations, most recently active first or by who waits, with the contact's name and the last message.",
  input,
  output: z.looseObject({
    data: z.array(ListedConversation),
    nextCursor: z.string().nullable(),
    complete: z.boolean().meta({ description: "False where only the 500 most recently active were looked through." }),
  }),
  effect: "reads",
  scope: "read:messages",
  extension: "listConversations",
  toolsets: ["conversations"],
  leftOut: { zapier: "the conversation dropdown" },
  run: async (onsync, wanted, context) => {
    const { status, platform, unanswered, windowClosesWithin, assignee, sort, ...page } = wanted;
    const query = { ...(status && { status }), ...(platform && { platform }) };
    const isFiltered = [unanswered, windowClosesWithin, assignee].some((filter) => filter !== undefined);
    let now = Date.now();
    const fetchPage = async (asked: { limit: number; cursor?: string | undefined }) => {
      const answer = await onsync.conversations.list({ ...query, ...asked }, context);
      now = Date.parse(answer.timestamp) || now;
      return answer;
    };
    const { data, nextCursor, complete } =
      isFiltered || sort !== "recent"
        ? await scanList(fetchPage, page, {
            isWanted: (conversation) => matches(conversation, wanted, now),
            compare: createOrder(sort, () => now),
          })
        : { ...(await fetchPage(page)), complete: true };
    const shown = page.limit > maxLimitLookedUp ? [...data] : await lookUpWhoAndWhat(onsync, data, context);
    return { data: shown, nextCursor, complete };
  },
});
