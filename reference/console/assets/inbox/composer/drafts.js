/** What somebody began to write, by conversation: it is there again after another conversation, and after a reload. */
import { createStoredMap } from "../../stored.js";

const maxDrafts = 200;
const drafts = createStoredMap("drafts", maxDrafts);

/** `{ text, voice }`, or `undefined`. */
export function readDraft(conversationId) {
  return drafts.get(conversationId);
}

/** An empty one is forgotten. */
export function keepDraft(conversationId, { text, voice }) {
  if (text.trim() === "") drafts.delete(conversationId);
  else drafts.set(conversationId, { text, voice });
}

export function forgetDraft(conversationId) {
  drafts.delete(conversationId);
}

/** Of which conversations there are some. */
export function listDrafts() {
  return new Set(drafts.read().keys());
}
