import * as z from "zod";
import { ConversationId } from "../api/fields.ts";
import type { Message } from "../api/index.ts";
import { calculateWindowEnd, isWindowOpen } from "../api/messaging-window.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import { ValidationError } from "../client/errors/index.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";
import { findCustomerTags, findOptOutMessage, findOptOutTag, type OptOut } from "./opt-out.ts";
import { parseRecipient } from "./recipient.ts";

/** One request a page: the first, which tells the server's time as well, and two more. */
const firstPageSize = 50;
const pageSize = 100;
const maxMorePages = 2;

function isInbound({ direction }: Message): boolean {
  return direction === "inbound";
}

/** What the latest messages tell: whether there are any, whose platform it is, the customer's last one, an opt-out. */
type History = {
  exists: boolean;
  platform: string | undefined;
  lastInboundAt: string | null;
  optOut: OptOut | null;
  /** The server's own time. */
  now: number;
};

/**
 * The history, newest first, as far as a window needs it. The reading stops where the window would have ended: what is
 * older cannot open it.
 */
async function readHistory(onsync: OnSync, conversationId: string, context: OperationContext): Promise<History> {
  try {
    const { data, nextBefore, timestamp } = await onsync.messages.list(
      conversationId,
      { limit: firstPageSize },
      context,
    );
    const now = Date.parse(timestamp) || Date.now();
    const inbound = data.find(isInbound);
    return {
      exists: data.length > 0,
      platform: data.find((message) => message.platform !== undefined)?.platform,
      lastInboundAt:
        inbound?.createdAt ??
        (nextBefore ? await findOlderInbound(onsync, conversationId, nextBefore, now, context) : null),
      optOut: findOptOutMessage(data),
      now,
    };
  } catch (error) {
    if (!isErrorNamed(error, "NotFoundError")) throw error;
    return { exists: false, platform: undefined, lastInboundAt: null, optOut: null, now: Date.now() };
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

/** @throws ValidationError where the id names no platform, and no conversation either */
function createUnknownIdError(): ValidationError {
  return new ValidationError("There is no such conversation.", {
    status: 400,
    code: "validation_failed",
    method: "call",
    path: "check_messaging_window",
    details: [
      {
        path: ["conversationId"],
        code: "custom",
        message: "is no conversation's id: it is platform:address, such as whatsapp:+971500000000",
      },
    ],
  });
}

export const sendReasons = ["window_closed", "opted_out", "no_conversation"] as const;

function listReasons(open: boolean, exists: boolean, optOut: OptOut | null): { code: string; message: string }[] {
  const said = optOut && JSON.stringify(optOut.said);
  return [
    ...(open
      ? []
      : [{ code: "window_closed", message: "The WhatsApp window is closed: only a template can be sent." }]),
    ...(optOut === null
      ? []
      : [
          {
            code: "opted_out",
            message:
              optOut.by === "tag"
                ? `The contact carries the tag ${said}: do not write without their word.`
                : `The customer asked by ${said} not to be written to: do not write without their word.`,
          },
        ]),
    ...(exists
      ? []
      : [
          {
            code: "no_conversation",
            message: "No conversation with this address is known. A send would open one: make sure that it is right.",
          },
        ]),
  ];
}

export const checkMessagingWindow = defineOperation({
  name: "check_messaging_window",
  title: "Check Messaging Window",
  description:
    "Tells whether a text may be sent now, or only a template, and until when. Only WhatsApp has a window: 24 hours from the customer's last message.",
  input: z.strictObject({
    conversationId: ConversationId,
    checkTags: z.boolean().default(false).meta({
      title: "Check Tags",
      description: "Whether to look at the contact's tags for an opt-out, too: one or two requests more.",
    }),
  }),
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
    exists: z.boolean().meta({ description: "Whether any message of the conversation is known." }),
    tagsChecked: z
      .boolean()
      .meta({ description: "Whether the contact's tags were looked at: not where a message tells of an opt-out." }),
    reasons: z
      .array(z.looseObject({ code: z.string(), message: z.string() }))
      .meta({ description: `What speaks against a text: ${sendReasons.join(", ")}.` }),
  }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations", "sending"],
  leftOut: {},
  run: async (onsync, { conversationId, checkTags }, context) => {
    const history = await readHistory(onsync, conversationId, context);
    const recipient = parseRecipient(conversationId);
    if (!recipient && !history.exists) throw createUnknownIdError();
    const { exists, lastInboundAt, now } = history;
    // What nobody knows the platform of may be WhatsApp's.
    const hasWindow = (recipient?.platform ?? history.platform ?? "whatsapp") === "whatsapp";
    const parsed = Date.parse(lastInboundAt ?? "");
    const inboundAt = Number.isNaN(parsed) ? null : parsed;
    const open = !hasWindow || isWindowOpen(inboundAt, now);
    const expires = hasWindow && inboundAt !== null ? calculateWindowEnd(inboundAt) : null;
    // A phone number can be looked up before its first message; other addresses are known by their conversation alone.
    const canLookUp = exists || recipient?.platform === "whatsapp";
    const tags =
      checkTags && canLookUp && !history.optOut ? await findCustomerTags(onsync, conversationId, context) : undefined;
    const optOut = history.optOut ?? findOptOutTag(tags);
    return {
      conversationId,
      open,
      requiresTemplate: !open,
      lastInboundAt,
      expiresAt: expires === null ? null : new Date(expires).toISOString(),
      secondsLeft: !hasWindow ? null : open && expires !== null ? Math.floor((expires - now) / 1000) : 0,
      checkedAt: new Date(now).toISOString(),
      exists,
      tagsChecked: tags !== undefined,
      reasons: listReasons(open, exists, optOut),
    };
  },
});
