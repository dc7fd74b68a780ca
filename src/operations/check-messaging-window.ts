import * as z from "zod";
import { ConversationId, calculateWindowEnd, isWindowOpen, type Message, parseConversationId } from "../api/index.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

/** One request a page: the first, which tells the server's time as well, and two more. */
const firstPageSize = 50;
const pageSize = 100;
const maxMorePages = 2;

function isInbound({ direction }: Message): boolean {
  return direction === "inbound";
}

/**
 * The customer's last inbound message, read from the history newest first, and the server's own time. The reading stops
 * where the window would have ended: what is older cannot open it.
 */
async function findLastInbound(onsync: OnSync, conversationId: string, context: OperationContext) {
  try {
    const latest = await onsync.messages.list(conversationId, { limit: firstPageSize }, context);
    const now = Date.parse(latest.timestamp) || Date.now();
    const inbound = latest.data.find(isInbound);
    if (inbound || !latest.nextBefore) return { at: inbound?.createdAt ?? null, now };
    return { at: await findOlderInbound(onsync, conversationId, latest.nextBefore, now, context), now };
  } catch (error) {
    if (isErrorNamed(error, "NotFoundError")) return { at: null, now: Date.now() };
    throw error;
  }
}

async function findOlderInbound(
  onsync: OnSync,
  conversationId: string,
  nextBefore: string,
  now: number,
  context: OperationContext,
): Promise<string | null> {
  // From a millisecond later, so that messages of the very same moment are read, too.
  const before = new Date(Date.parse(nextBefore) + 1).toISOString();
  let pages = 0;
  for await (const { messages } of onsync.messages.iteratePages(conversationId, { pageSize, before }, context)) {
    const inbound = messages.find(isInbound);
    if (inbound) return inbound.createdAt;
    const oldest = messages.at(-1);
    if (++pages === maxMorePages || (oldest && calculateWindowEnd(Date.parse(oldest.createdAt)) < now)) break;
  }
  return null;
}

export const checkMessagingWindow = defineOperation({
  name: "check_messaging_window",
  title: "Check Messaging Window",
  description:
    "Tells whether a text may be sent now, or only a template, and until when. Only WhatsApp has a window: 24 hours from the customer's last message.",
  input: z.strictObject({ conversationId: ConversationId }),
  output: z.looseObject({
    conversationId: ConversationId,
    open: z.boolean().meta({ description: "Whether a text may be sent now." }),
    requiresTemplate: z.boolean(),
    lastInboundAt: z
      .string()
      .nullable()
      .meta({ description: "The customer's last message; null where none was found within the window." }),
    expiresAt: z
      .string()
      .nullable()
      .meta({ description: "When the window closes or closed; null where there is none." }),
    secondsLeft: z.number().int().nullable(),
    checkedAt: z.string(),
  }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations", "sending"],
  leftOut: {},
  run: async (onsync, { conversationId }, context) => {
    const platform = parseConversationId(conversationId)?.platform;
    const { at, now } = await findLastInbound(onsync, conversationId, context);
    const checkedAt = new Date(now).toISOString();
    if (platform !== "whatsapp") {
      return {
        conversationId,
        open: true,
        requiresTemplate: false,
        lastInboundAt: at,
        expiresAt: null,
        secondsLeft: null,
        checkedAt,
      };
    }
    const lastInboundAt = at === null ? null : Date.parse(at);
    const expires = lastInboundAt === null ? null : calculateWindowEnd(lastInboundAt);
    const open = isWindowOpen(lastInboundAt, now);
    return {
      conversationId,
      open,
      requiresTemplate: !open,
      lastInboundAt: at,
      expiresAt: expires === null ? null : new Date(expires).toISOString(),
      secondsLeft: open && expires !== null ? Math.floor((expires - now) / 1000) : 0,
      checkedAt,
    };
  },
});
