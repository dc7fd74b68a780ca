/** Whose an event is, and what keeps its order: the conversation of a message or conversation event, the contact of a contact event. */
import { createHash } from "node:crypto";
import type { Event } from "../api/index.ts";

/** Queues are named by their keys; a longer one (no id OnSync makes) is named by its hash. */
const maxKeyLength = 400;

/** Text that a store or a header might not give back as it was: half a surrogate pair, control characters. */
function isFragile(key: string): boolean {
  return !key.isWellFormed() || /\p{Cc}/u.test(key);
}

/** The text itself, or its hash where it is too long or might not come back as it was. */
function toName(text: string): string {
  if (text.length <= maxKeyLength && !isFragile(text)) return text;
  // Two that differ in halves of surrogate pairs alone must not become one.
  return createHash("sha256")
    .update(text, text.isWellFormed() ? "utf8" : "utf16le")
    .digest("hex");
}

/** The org an event belongs to, `""` where it names none: two orgs may use one event id. */
export function readOrg({ orgId }: { orgId?: unknown }): string {
  return typeof orgId === "string" ? toName(orgId) : "";
}

/** Events with the same key are handed on one after the other; those of an unknown kind keep the order of what they are about. */
export function orderKey({ id, type, data }: Event): string {
  const { conversationId, id: subject } = data as { conversationId?: unknown; id?: unknown };
  const about = type.startsWith("message.") ? [conversationId] : [subject];
  const key = [...about, conversationId, subject].find((each) => typeof each === "string" && each !== "");
  return typeof key === "string" ? toName(key) : id;
}
