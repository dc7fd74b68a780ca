/** Conversation ids: `platform:address`. */
import { normalizePhone } from "./identifiers.ts";

/** The id of the conversation with an address: `platform:address`; a WhatsApp address is a phone number in E.164 form. */
export function toConversationId(platform: string, address: string): string {
  return `${platform}:${platform === "whatsapp" ? normalizePhone(address) : address}`;
}

/** The parts of a conversation id, or `null` where it is not `platform:address`. */
export function parseConversationId(conversationId: string): { platform: string; address: string } | null {
  const colon = conversationId.indexOf(":");
  return colon > 0 && colon < conversationId.length - 1
    ? { platform: conversationId.slice(0, colon), address: conversationId.slice(colon + 1) }
    : null;
}
