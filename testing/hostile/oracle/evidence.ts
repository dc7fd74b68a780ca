/** What can be read from the truth: whose request is whose, and who could have known of what. */
import type { Intent, Plan } from "../plan/plan.ts";
import type { SendRequest, StoredMessage } from "../server/records.ts";
import type { CallRecord, Truth } from "./truth.ts";

/** How long after an unknown outcome the same reference sends nothing. */
export const graceMs = 5 * 60_000;

const defaultDeadlineMs = 30_000;

export function deadlineMs({ plan }: Truth, { call }: CallRecord): number {
  return plan.processes[call.process]?.deadlineMs ?? defaultDeadlineMs;
}

export function isLedgerShared({ plan }: Truth): boolean {
  return plan.sharing !== "no shared ledger";
}

/** Whether the history shows a message under the documented id, in full. */
export function isFindable({ server }: Plan): boolean {
  return (
    server.conversationIds === "documented" &&
    server.historyMetadata === "kept" &&
    server.perMinute < 200 &&
    server.maxPage > server.inSameMillisecond &&
    server.unknownConversation !== "framework404" &&
    server.unknownConversation !== "html404"
  );
}

export function findRequests({ sendRequests }: Truth, { content }: Intent): SendRequest[] {
  return sendRequests.filter((request) => request.content === content);
}

export function isOfIntent(message: StoredMessage, { platform, to, content, reference }: Intent): boolean {
  return (
    message.content === content &&
    message.to === to &&
    message.platform === platform &&
    (reference === null || message.metadata.clientReference === reference)
  );
}

/** When the history shows it in full. */
export function visibleFrom({ plan }: Truth, { landedAt }: { landedAt: number }): number {
  return landedAt + plan.server.historyLagMs + plan.server.metadataLagMs;
}

/**
 * What a client that shares no ledger with an earlier process can tell from the history alone: see `restartLaws`. Where the
 * history cannot show a message, it shows at least that it cannot, as long as it has the conversation.
 */
function promisesAbsence({ server }: Plan): boolean {
  return server.conversationIds === "documented" && server.historyMetadata !== "empty" && server.perMinute < 200;
}

/** Whether a process that sends a message at that time can know of a request: its own, one that the ledger has, or one that shows. */
export function isKnowable(
  truth: Truth,
  request: SendRequest,
  process: string,
  { to, content }: { to: unknown; content: unknown },
  at: number,
): boolean {
  const { plan, historyReads } = truth;
  return (
    isLedgerShared(truth) ||
    request.process === process ||
    (promisesAbsence(plan) &&
      // It looks into the conversation that it sends to, and into no other.
      request.to === to &&
      // Without metadata only the same text tells that it may be the one.
      (plan.server.historyMetadata === "kept" || request.content === content) &&
      request.message !== null &&
      visibleFrom(truth, request.message) < at &&
      // It had the time to look, and its reads were answered.
      plan.processes.every((each) => each.deadlineMs === undefined || each.deadlineMs >= 1_000) &&
      !historyReads.some((read) => read.process === process && (read.faulted || read.endedAt === null)))
  );
}

/** When the first call began that can have made the request. */
export function whenBegun({ calls }: Truth, request: SendRequest): number {
  const makers = calls.filter(({ process, intent, requestsBefore, requestsUntil }) => {
    const spans = requestsBefore < request.number && request.number <= requestsUntil;
    return spans && process === request.process && intent.content === request.content;
  });
  return Math.min(request.at, ...makers.map(({ startedAt }) => startedAt));
}

/** What a law needs to know of a call. */
export type JudgedCall = {
  truth: Truth;
  record: CallRecord;
  /** Names the call in the text of a violation. */
  name: string;
  /** The requests for its message until its end, by anybody. */
  all: SendRequest[];
  /** Those of its process that left while it ran. */
  during: SendRequest[];
  /** Whether another call ran beside it. */
  isSideBySide: boolean;
  /** Other messages under its reference. */
  rivals: CallRecord[];
  /** How long its process stood still, in milliseconds. */
  stoodStillMs: number;
};

export function createJudgedCall(truth: Truth, record: CallRecord): JudgedCall {
  const { plan, calls } = truth;
  const { call, intent, process, stage } = record;
  const all = findRequests(truth, intent).filter(({ number }) => number <= record.requestsUntil);
  return {
    truth,
    record,
    name: `call ${calls.indexOf(record) + 1} ("${intent.content}", ${process})`,
    all,
    during: all.filter((request) => request.process === process && request.number > record.requestsBefore),
    isSideBySide: calls.some(
      (other) =>
        other !== record &&
        other.stage === stage &&
        other.startedAt <= record.endedAt &&
        record.startedAt <= other.endedAt,
    ),
    rivals: calls.filter(
      (other) => other.intent !== intent && other.intent.reference === intent.reference && intent.reference !== null,
    ),
    stoodStillMs: plan.processes[call.process]?.pause?.ms ?? 0,
  };
}
