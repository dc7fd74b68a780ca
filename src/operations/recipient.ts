/** Whom a message goes to: an address on a platform, or whoever a conversation is with. */
import { Address, Platform } from "../api/fields.ts";
import { platforms } from "../api/values/checks.ts";
import { parseConversationId } from "../api/values/conversation-id.ts";
import { isPhone, normalizePhone } from "../api/values/identifiers.ts";
import { ValidationError } from "../client/errors/index.ts";
import type { OnSync } from "../client/index.ts";
import type { OperationContext } from "./operation.ts";

export type Recipient = { platform: Platform; to: string };

/** How much of a conversation is read for the address where its id does not tell. */
const maxMessagesRead = 100;

/** Whether it is a conversation's id: as an address it would open a conversation that nobody reads. */
function isConversationId(to: string): boolean {
  const { platform } = parseConversationId(to.trim()) ?? {};
  return (platforms as readonly (string | undefined)[]).includes(platform?.toLowerCase());
}

/** As the API's `to`, and no conversation's id. */
export const RecipientAddress = Address.refine((to) => !isConversationId(to), {
  error: "must be the address alone, without the platform before it: 482910377, not telegram:482910377",
}).meta(Address.meta() ?? {});

/** What a conversation's id says of whom it is with; `undefined`: nothing, as it is of another form. */
export function parseRecipient(conversationId: string): Recipient | undefined {
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
 * @param operation whose input it is
 * @throws ValidationError where neither tells
 */
export async function findRecipient(
  onsync: OnSync,
  conversationId: string,
  context: OperationContext,
  operation = "reply_to_conversation",
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
    path: operation,
    details: [
      {
        path: ["conversationId"],
        code: "custom",
        message: "does not tell whom it is with: use Send Message, with the customer's platform and address",
      },
    ],
  });
}
