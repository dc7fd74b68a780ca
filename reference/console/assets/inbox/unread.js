/** Which conversations have something in them that nobody has read in this browser. */
import { createStoredMap } from "../stored.js";

const maxMarks = 5000;
const marks = createStoredMap("read", maxMarks);

/**
 * Unread is what a customer said last, and nobody has seen yet.
 * @param readUntil when the latest message that was seen was made, by conversation
 */
export function isUnread({ id, latest, lastInboundAt }, readUntil) {
  if (latest?.direction !== "inbound" || !lastInboundAt) return false;
  return Date.parse(lastInboundAt) > (readUntil.get(id) ?? Number.NEGATIVE_INFINITY);
}

export function readMarks() {
  return marks.read();
}

/** @returns whether that is news */
export function markRead(conversationId, createdAt) {
  const until = Date.parse(createdAt);
  if ((marks.get(conversationId) ?? Number.NEGATIVE_INFINITY) >= until) return false;
  marks.set(conversationId, until);
  return true;
}
