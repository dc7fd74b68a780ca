/** WhatsApp's interactive window (docs/contract.md, "Messages"): how long a customer's message lets a text be sent. */

/** 24 hours from the customer's last inbound message, in milliseconds. */
export const messagingWindowMs = 24 * 60 * 60 * 1000;

/** When the window that an inbound message opens closes; both in milliseconds since 1970. */
export function calculateWindowEnd(inboundAt: number): number {
  return inboundAt + messagingWindowMs;
}

/** @param lastInboundAt of the customer's last message, or `null` where there is none */
export function isWindowOpen(lastInboundAt: number | null, now: number): boolean {
  return lastInboundAt !== null && now < calculateWindowEnd(lastInboundAt);
}
