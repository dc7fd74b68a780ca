/** WhatsApp's window in an answer: as data, and in words. */
import { calculateWindowEnd, isWindowOpen, parseConversationId } from "../../src/api/index.ts";

type Window = { open: boolean; expiresAt: string };

/** WhatsApp's window, as far as the last inbound message tells. */
export function calculateWindow(
  conversationId: string,
  lastInboundAt: string | null | undefined,
  now: number,
): Window | null {
  if (parseConversationId(conversationId)?.platform !== "whatsapp") return null;
  const last = lastInboundAt ? Date.parse(lastInboundAt) : Number.NaN;
  if (Number.isNaN(last)) return null;
  return { open: isWindowOpen(last, now), expiresAt: new Date(calculateWindowEnd(last)).toISOString() };
}

export function describeWindow(window: Window | null): string | null {
  return window === null
    ? null
    : window.open
      ? `WhatsApp window open until ${window.expiresAt}`
      : `WhatsApp window closed since ${window.expiresAt} (only a template can be sent)`;
}
