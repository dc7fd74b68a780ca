/**
 * What a server that is not ours may do, and what is promised all the same: data, so that a document can hold it as a table
 * and a test can hold the document.
 */
import { doubtfulAnswers, proofs } from "./faults.ts";
import { conforming, type ServerBehaviour } from "./onsync-model.ts";

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

const certain = "A send whose answer is lost is found within 7.5 s; only one that was never done ends as `unknown`.";

export const serverBehaviours: readonly Behaviour[] = [
  { name: "conforming", promised: certain, firstLost: ["sent"], laterLost: ["sent"], server: {} },
  {
    name: "history 50 ms behind",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { historyLagMs: 50 },
  },
  {
    name: "history 2 s behind",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { historyLagMs: 2_000 },
  },
  {
    name: "history 20 s behind",
    promised: "A send whose answer is lost ends as `unknown` and is found by a later call with its reference.",
    firstLost: ["sent", "unknown"],
    laterLost: ["sent", "unknown"],
    server: { historyLagMs: 20_000 },
  },
  {
    name: "conversation ids of digits",
    promised:
      "Until an answer has named the conversation, a send whose answer is lost ends as `unknown` and is not sent again.",
    firstLost: ["sent", "unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "digits" },
  },
  {
    name: "opaque conversation ids",
    promised:
      "Until an answer has named the conversation, a send whose answer is lost ends as `unknown` and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "opaque" },
  },
  {
    name: "opaque conversation ids, listed by extensions",
    promised:
      "Until an answer has named the conversation, a send whose answer is lost ends as `unknown` and is not sent again.",
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
    promised:
      "Until an answer has named the conversation, a send whose answer is lost ends as `unknown` and is not sent again.",
    firstLost: ["sent", "unknown"],
    laterLost: ["sent"],
    server: { conversationIds: "lower" },
  },
  {
    name: "a framework's 404 for unknown conversations",
    promised:
      "It proves no absence: a send with a reference, which must look before it leaves, is not made (`unknown`).",
    firstLost: ["sent"],
    laterLost: ["sent"],
    withReference: ["unknown"],
    server: { unknownConversation: "framework404" },
  },
  {
    name: "an HTML 404 for unknown conversations",
    promised:
      "It proves no absence: a send with a reference, which must look before it leaves, is not made (`unknown`).",
    firstLost: ["sent"],
    laterLost: ["sent"],
    withReference: ["unknown"],
    server: { unknownConversation: "html404" },
  },
  {
    name: "history without metadata",
    promised:
      "A history without `metadata` proves nothing: a send whose answer is lost ends as `unknown`, and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["unknown"],
    server: { historyMetadata: "absent" },
  },
  {
    name: "history with null for metadata",
    promised:
      "A history without `metadata` proves nothing: a send whose answer is lost ends as `unknown`, and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["unknown"],
    server: { historyMetadata: "null" },
  },
  {
    name: "history with empty metadata",
    promised:
      "A history without `metadata` proves nothing: a send whose answer is lost ends as `unknown`, and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["unknown"],
    server: { historyMetadata: "empty" },
  },
  {
    name: "answer without metadata",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { answerMetadata: "absent" },
  },
  {
    name: "history with metadata as text",
    promised:
      "A history without `metadata` proves nothing: a send whose answer is lost ends as `unknown`, and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["unknown"],
    server: { historyMetadata: "text" },
  },
  {
    name: "metadata 3 s behind its message",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { metadataLagMs: 3_000 },
  },
  {
    name: "metadata 20 s behind its message",
    promised: "A send whose answer is lost ends as `unknown` and is found by a later call with its reference.",
    firstLost: ["sent", "unknown"],
    laterLost: ["sent", "unknown"],
    server: { metadataLagMs: 20_000 },
  },
  {
    name: "numbers where strings are expected",
    promised: "A reference of digits that comes back as a number is still that reference.",
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { numbers: true },
  },
  {
    name: "recipients normalised in answers",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { answerTo: "digits" },
  },
  {
    name: "answers without a recipient",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { answerTo: "absent" },
  },
  {
    name: "no metadata anywhere",
    promised: "A good answer is believed; a send whose answer is lost ends as `unknown`, and is not sent again.",
    firstLost: ["unknown"],
    laterLost: ["unknown"],
    server: { answerMetadata: "absent", historyMetadata: "absent" },
  },
  {
    name: "answer that names no conversation",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { answerNamesConversation: false },
  },
  {
    name: "pages of 50 at most",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { maxPage: 50, olderMessages: 130 },
  },
  {
    name: "pages of 20 at most",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { maxPage: 20, olderMessages: 130, perMinute: 20 },
  },
  {
    name: "a limit over 50 is refused",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { refuseLimitOver: 50, olderMessages: 130 },
  },
  {
    name: "times without a zone",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { times: "zoneless", olderMessages: 130, maxPage: 50 },
  },
  {
    name: "times with microseconds",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { times: "micros", olderMessages: 130, maxPage: 50 },
  },
  {
    name: "times with microseconds and without a zone",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { times: "zoneless micros", olderMessages: 130, maxPage: 50 },
  },
  {
    name: "times of another zone",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { times: "offset", olderMessages: 130, maxPage: 50 },
  },
  {
    name: "a busy conversation",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { olderMessages: 230, perMinute: 60, inSameMillisecond: 3 },
  },
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
  {
    name: "server's clock 1 h ahead",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { clockSkewMs: 3_600_000 },
  },
  {
    name: "server's clock 1 day behind",
    promised: certain,
    firstLost: ["sent"],
    laterLost: ["sent"],
    server: { clockSkewMs: -86_400_000 },
  },
  { name: "extensions on", promised: certain, firstLost: ["sent"], laterLost: ["sent"], server: { extensions: true } },
];

export function serverOf(name: string): ServerBehaviour {
  const behaviour = serverBehaviours.find((one) => one.name === name);
  if (behaviour === undefined) throw new Error(`There is no behaviour "${name}".`);
  return { ...conforming, ...behaviour.server };
}

/** What comes back for a send, on a conforming server, and how such a send may end. */
export const answerBehaviours: readonly { name: string; promised: string; allowed: readonly Outcome[] }[] = [
  ...proofs.map(({ name }) => ({
    name,
    promised: "Proof that nothing was sent: sent again by itself where waiting helps, else `not_sent`.",
    allowed: ["sent", "not_sent"] as const,
  })),
  ...doubtfulAnswers.map((name) => ({
    name,
    promised:
      "No proof: looked for through the settling time, `sent` where it is found, else `unknown`; never sent again.",
    allowed: ["sent", "unknown"] as const,
  })),
];

/** What is promised to a process that comes after another one died, where they share no ledger. */
export const restartLaws: readonly {
  name: string;
  promised: string;
  mayDouble: boolean;
  server: Partial<ServerBehaviour>;
  /** When the work is done after the first process was cut off, and when the second one asks for it again. */
  workMs: number;
  waitMs: number;
}[] = [
  {
    name: "the message shows under the documented conversation id",
    promised: "Found, not sent again.",
    mayDouble: false,
    server: {},
    workMs: 0,
    waitMs: 1_000,
  },
  {
    name: "the message shows by the time of the replay",
    promised: "Found, not sent again.",
    mayDouble: false,
    server: { historyLagMs: 2_000 },
    workMs: 60_000,
    waitMs: 6 * 60_000,
  },
  {
    name: "the history is behind at the time of the replay",
    promised: "Nothing.",
    mayDouble: true,
    server: { historyLagMs: 20_000 },
    workMs: 0,
    waitMs: 1_000,
  },
  {
    name: "the work is done after the replay",
    promised: "Nothing.",
    mayDouble: true,
    server: {},
    workMs: 60_000,
    waitMs: 1_000,
  },
  {
    name: "conversation ids of another form",
    promised: "Nothing.",
    mayDouble: true,
    server: { conversationIds: "opaque" },
    workMs: 0,
    waitMs: 1_000,
  },
  {
    name: "the history has no metadata",
    promised: "Not sent again: `unknown`.",
    mayDouble: false,
    server: { historyMetadata: "absent" },
    workMs: 0,
    waitMs: 1_000,
  },
  {
    name: "the history has null for metadata",
    promised: "Not sent again: `unknown`.",
    mayDouble: false,
    server: { historyMetadata: "null" },
    workMs: 0,
    waitMs: 1_000,
  },
  {
    name: "more than a page in one millisecond",
    promised: "Found or not sent again.",
    mayDouble: false,
    server: { olderMessages: 10, inSameMillisecond: 60, maxPage: 50 },
    workMs: 0,
    waitMs: 1_000,
  },
  {
    name: "a framework's 404 for conversations it does not know",
    promised: "Not sent at all: it proves no absence.",
    mayDouble: false,
    server: { unknownConversation: "framework404", historyLagMs: 20_000 },
    workMs: 0,
    waitMs: 1_000,
  },
];

/** What is promised of work that is done late, to a caller who asks again with the reference after six minutes. */
export const lateWorkLaws: readonly { name: string; promised: string; mayDouble: boolean; workMs: number }[] = [
  {
    name: "the work is done within the grace of 5 minutes",
    promised: "Found, not sent again.",
    mayDouble: false,
    workMs: 4 * 60_000,
  },
  {
    name: "the work is done after the grace and after the replay",
    promised: "Nothing: by then a complete history has shown that it is absent, and it is sent.",
    mayDouble: true,
    workMs: 30 * 60_000,
  },
];
