/** Whom a conversation is with. */
import { isPhone, normalizePhone, Platform, parseConversationId } from "../api/index.ts";
import { ValidationError } from "../client/errors/index.ts";
import type { OnSync } from "../client/index.ts";
import type { OperationContext } from "./operation.ts";

type Recipient = { platform: Platform; to: string };

/** How much of a conversation is read for the address where its id does not tell. */
const maxMessagesRead = 100;

function parseRecipient(conversationId: string): Recipient | undefined {
  const { platform, address } = parseConversationId(conversationId) ?? {};
  const known = Platform.safeParse(platform);
  if (!known.success || address === undefined) return undefined;
  if (known.data !== "whatsapp") return { platform: known.data, to: address };
  // Some ids leave out the plus sign of the number.
  const to = [normalizePhone(address), `+${address}`].find(isPhone);
  return to === undefined ? undefined : { platform: known.data, to };
}

/**
 * Whom a conversation is with: its id says so, or one of the messages that were sent in it.
 *
 * @throws ValidationError where neither does
 */
export async function findRecipient(
  onsync: OnSync,
  conversationId: string,
  context: OperationContext,
): Promise<Recipient> {
  const told = parseRecipient(conversationId);
  if (told) return told;
  const { data } = await onsync.messages.list(conversationId, { limit: maxMessagesRead }, context);
  for (const message of data) {
    if (message.direction === "outbound" && message.platform !== undefined && message.to !== undefined)
      return { platform: message.platform, to: message.to };
  }
  throw new ValidationError("The conversation does not tell the customer's address.", {
    status: 400,
    code: "validation_failed",
    method: "call",
    path: "reply_to_conversation",
    details: [
      {
        path: ["conversationId"],
        code: "custom",
        message: "does not tell whom it is with: use Send Message, with the customer's platform and address",
      },
    ],
  });
}
