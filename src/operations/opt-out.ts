/**
 * Customers who asked not to be written to: by a word such as STOP, as the API's own example promises ("Reply STOP to
 * unsubscribe"), or by a tag that the team gave them. OnSync's API knows no such state: both are read from what it has.
 */

import { matchesIdentifiers } from "../api/contact.ts";
import { Platform } from "../api/fields.ts";
import type { Message } from "../api/index.ts";
import { parseConversationId } from "../api/values/conversation-id.ts";
import type { OnSync } from "../client/index.ts";
import type { OperationContext } from "./operation.ts";
import { parseRecipient } from "./recipient.ts";

/** The words by which carriers and WhatsApp businesses let customers leave, as whole messages. */
const stopWords = new Set(
  "stop,stopall,stop all,unsubscribe,optout,opt out,quit,end,cancel,remove me,stop messages,arret,arrêt,baja,parar,sair,stopp,abmelden,إيقاف,ايقاف,توقف,الغاء الاشتراك,إلغاء الاشتراك,退订,取消订阅".split(
    ",",
  ),
);
const startWords = new Set("start,unstop,subscribe,optin,opt in,resubscribe,اشتراك,订阅".split(","));
const optOutTags = new Set("optout,optedout,unsubscribe,unsubscribed,donotcontact,dnc,stop,nocontact".split(","));

/** The words of a message without case, signs around them and doubled spaces. */
function normalizeWords(text: string): string {
  return text
    .toLocaleLowerCase("en")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
    .trim();
}

export type OptOut = { by: "message" | "tag"; said: string; at: string | null };

/** What the customer said last of being written to, where that was to stop. @param messages newest first */
export function findOptOutMessage(messages: readonly Message[]): OptOut | null {
  for (const { direction, content, createdAt } of messages) {
    if (direction !== "inbound" || typeof content !== "string" || content.length > 100) continue;
    const words = normalizeWords(content);
    if (startWords.has(words)) return null;
    if (stopWords.has(words)) return { by: "message", said: content.trim(), at: createdAt };
  }
  return null;
}

export function findOptOutTag(tags: readonly unknown[] | null | undefined): OptOut | null {
  const found = (Array.isArray(tags) ? tags : [])
    .map(String)
    .find((tag) => optOutTags.has(normalizeWords(tag).replaceAll(" ", "")));
  return found === undefined ? null : { by: "tag", said: found, at: null };
}

/**
 * The tags of the customer of a conversation; `undefined` where they cannot be had: OnSync does not tell whose it is, or refuses. At most two requests:
 * a WhatsApp address is searched for as a phone number, another one is found among the conversations active last.
 */
export async function findCustomerTags(
  onsync: OnSync,
  conversationId: string,
  context: OperationContext,
): Promise<readonly string[] | undefined> {
  try {
    const recipient = parseRecipient(conversationId);
    if (recipient?.platform === "whatsapp") {
      const { data } = await onsync.contacts.list({ phone: recipient.to, limit: 2 }, context);
      return data.find((contact) => matchesIdentifiers(contact, { phone: recipient.to }))?.tags;
    }
    const platform = Platform.safeParse(parseConversationId(conversationId)?.platform).data;
    const { data } = await onsync.conversations.list({ limit: 100, ...(platform && { platform }) }, context);
    const found = data.find(({ id }) => id === conversationId);
    return found && (await onsync.contacts.get(found.contactId, context)).tags;
  } catch (error) {
    // The tags are looked at beside the window, which is known already: what keeps them away is no reason to hide it.
    if (context.signal?.aborted) throw error;
    return undefined;
  }
}
