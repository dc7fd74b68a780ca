/** Messages to claim, and how they end. */
import type { LedgerMessage, SendRecord } from "../../src/client/ledger/ledger.ts";

export function messageOf(reference: string, more: Partial<LedgerMessage> = {}): LedgerMessage {
  return {
    scope: "https://api.example.com/v1",
    reference,
    fingerprint: "f".repeat(64),
    platform: "whatsapp",
    to: "+971500000000",
    messageType: "text",
    ...more,
  };
}

export const leaseMs = 45_000;
export const sent: SendRecord = {
  state: "sent",
  messageId: "msg_1",
  conversationId: "whatsapp:+971500000000",
  sentAt: "2024-12-01T10:00:01.000Z",
  requestId: "req_1",
};
