/** What is promised where a send is asked for once more under its reference. */
import type { ServerBehaviour } from "../server/behaviour.ts";

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
