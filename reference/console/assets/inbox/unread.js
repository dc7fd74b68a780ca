/** Which conversations have something in them that nobody has read in this browser. */
import { createStoredMap } from "../stored.js";

const maxMarks = 5000;
const marks = createStoredMap("read", maxMarks);

/**
 * Unread is what a customer said last, and nobody has seen yet.
 * @param readUntil when the latest message that was seen was made, by conversation
 * @param now the server's time
 */
export function isUnread({ id, latest, lastInboundAt, lastMessageAt }, readUntil, now) {
  if (latest?.direction !== "inbound" || !lastInboundAt) return false;
  const until = readUntil.get(id) ?? Number.NEGATIVE_INFINITY;
  // The mark of a message that is not there, and has yet to be: the server started over since.
  if (until > Date.parse(lastMessageAt) && until > now) return true;
  return Date.parse(lastInboundAt) > until;
}

export function readMarks() {
  return marks.read();
}

/** @returns whether that is news */
export function markRead(conversationId, createdAt) {
  const until = Date.parse(createdAt);
  if (marks.get(conversationId) === until) return false;
  marks.set(conversationId, until);
  return true;
}
