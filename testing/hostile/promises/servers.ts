/**
 * What a server that is not ours may do, and what is promised all the same: data, so that a document can hold it as a table
 * and a test can hold the document.
 */
import { conforming, type ServerBehaviour } from "../server/behaviour.ts";

/** How a send may end. */
export type Outcome = "sent" | "not_sent" | "unknown" | "conflict" | "aborted";

export type Behaviour = {
  name: string;
  /** One sentence, for a document. */
  promised: string;
  server: Partial<ServerBehaviour>;
  /**
   * How a send may end whose work was done and whose answer was lost: in a conversation that no answer has named yet, and
   * in one that has. Where the work was never done it ends as `unknown`, on every server.
   */
  firstLost: readonly Outcome[];
  laterLost: readonly Outcome[];
  /** How a send with a reference of the caller's may end, where that differs. */
  withReference?: readonly Outcome[];
};

type Promised = Omit<Behaviour, "name" | "server">;

const found: Promised = {
  promised: "A send whose answer is lost is found within 7.5 s; only one that was never done ends as `unknown`.",
  firstLost: ["sent"],
  laterLost: ["sent"],
};
const foundLater: Promised = {
  promised: "A send whose answer is lost ends as `unknown` and is found by a later call with its reference.",
  firstLost: ["sent", "unknown"],
  laterLost: ["sent", "unknown"],
};
const unreadable: Promised = {
  promised:
    "A history without `metadata` proves nothing: a send whose answer is lost ends as `unknown`, and is not sent again.",
  firstLost: ["unknown"],
  laterLost: ["unknown"],
};
const noAbsence: Promised = {
  promised: "It proves no absence: a send with a reference, which must look before it leaves, is not made (`unknown`).",
  firstLost: ["sent"],
  laterLost: ["sent"],
  withReference: ["unknown"],
};
const onceNamed =
  "Until an answer has named the conversation, a send whose answer is lost ends as `unknown` and is not sent again.";

export const serverBehaviours: readonly Behaviour[] = [
  { name: "conforming", ...found, server: {} },
  { name: "history 50 ms behind", ...found, server: { historyLagMs: 50 } },
  { name: "history 2 s behind", ...found, server: { historyLagMs: 2_000 } },
  { name: "history 20 s behind", ...foundLater, server: { historyLagMs: 20_000 } },
  {
    name: "conversation ids of digits",
    promised: onceNamed,
    firstLost: ["sent", "unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "digits" },
  },
  {
    name: "opaque conversation ids",
    promised: onceNamed,
    firstLost: ["unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "opaque" },
  },
  {
    name: "opaque conversation ids, listed by extensions",
    promised: onceNamed,
    firstLost: ["unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "opaque", extensions: true },
  },
  {
    name: "opaque conversation ids, an empty history for unknown ones",
    promised: "An empty history under an id that no answer has named proves nothing: `unknown`, not sent again.",
    firstLost: ["unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "opaque", unknownConversation: "empty" },
  },
  {
    name: "lower-cased conversation ids",
    promised: onceNamed,
    firstLost: ["sent", "unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "lower" },
  },
  {
    name: "a framework's 404 for unknown conversations",
    ...noAbsence,
    server: { unknownConversation: "framework404" },
  },
  { name: "an HTML 404 for unknown conversations", ...noAbsence, server: { unknownConversation: "html404" } },
  { name: "history without metadata", ...unreadable, server: { historyMetadata: "absent" } },
  { name: "history with null for metadata", ...unreadable, server: { historyMetadata: "null" } },
  { name: "history with empty metadata", ...unreadable, server: { historyMetadata: "empty" } },
  { name: "answer without metadata", ...found, server: { answerMetadata: "absent" } },
  { name: "history with metadata as text", ...unreadable, server: { historyMetadata: "text" } },
  { name: "metadata 3 s behind its message", ...found, server: { metadataLagMs: 3_000 } },
  { name: "metadata 20 s behind its message", ...foundLater, server: { metadataLagMs: 20_000 } },
  {
    name: "numbers where strings are expected",
    promised: "A reference of digits that comes back as a number is still that reference.",
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { numbers: true },
  },
  { name: "recipients normalised in answers", ...found, server: { answerTo: "digits" } },
  { name: "answers without a recipient", ...found, server: { answerTo: "absent" } },
  {
    name: "no metadata anywhere",
    promised: "A good answer is believed; a send whose answer is lost ends as `unknown`, and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["unknown"],
    server: { answerMetadata: "absent", historyMetadata: "absent" },
  },
  { name: "answer that names no conversation", ...found, server: { answerNamesConversation: false } },
  { name: "pages of 50 at most", ...found, server: { maxPage: 50, olderMessages: 130 } },
  { name: "pages of 20 at most", ...found, server: { maxPage: 20, olderMessages: 130, perMinute: 20 } },
  { name: "a limit over 50 is refused", ...found, server: { refuseLimitOver: 50, olderMessages: 130 } },
  { name: "times without a zone", ...found, server: { times: "zoneless", olderMessages: 130, maxPage: 50 } },
  { name: "times with microseconds", ...found, server: { times: "micros", olderMessages: 130, maxPage: 50 } },
  {
    name: "times with microseconds and without a zone",
    ...found,
    server: { times: "zoneless micros", olderMessages: 130, maxPage: 50 },
  },
  { name: "times of another zone", ...found, server: { times: "offset", olderMessages: 130, maxPage: 50 } },
  { name: "a busy conversation", ...found, server: { olderMessages: 230, perMinute: 60, inSameMillisecond: 3 } },
  {
    name: "more than 1,000 newer messages",
    promised: "What lies deeper than 1,000 messages is not taken for absent: found, else `unknown`.",
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { perMinute: 600 },
  },
  {
    name: "more than a page in one millisecond",
    promised: "What a page cannot show is not taken for absent: found where it shows, else `unknown`.",
    firstLost: ["sent", "unknown"],
    laterLost: ["sent", "unknown"],
    server: { olderMessages: 10, inSameMillisecond: 60, maxPage: 50 },
  },
  { name: "server's clock 1 h ahead", ...found, server: { clockSkewMs: 3_600_000 } },
  { name: "server's clock 1 day behind", ...found, server: { clockSkewMs: -86_400_000 } },
  { name: "extensions on", ...found, server: { extensions: true } },
];

export function findServerBehaviour(name: string): ServerBehaviour {
  const behaviour = serverBehaviours.find((one) => one.name === name);
  if (behaviour === undefined) throw new Error(`There is no behaviour "${name}".`);
  return { ...conforming, ...behaviour.server };
}
