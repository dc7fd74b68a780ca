/** Laws of what a call says: each holds the answer, or the error, against the truth. */
import {
  deadlineMs,
  findRequests,
  graceMs,
  isKnowable,
  isLedgerShared,
  isOfIntent,
  type JudgedCall,
} from "./evidence.ts";
import type { Violations } from "./truth.ts";

const lostAnswerMs = 10_000;
/** Calls of the ledger and the last answer of a request take this long beyond what the client can measure. */
const slackMs = 250;

export function* findTooLong({ truth, record, name, stoodStillMs }: JudgedCall): Violations {
  const tookMs = record.endedAt - record.startedAt;
  const maxMs = deadlineMs(truth, record) + lostAnswerMs + slackMs + stoodStillMs;
  if (tookMs > maxMs) yield { kind: "too long", text: `${name} took ${Math.round(tookMs)} ms, ${maxMs} at most` };
}

/** An error has a name that a caller knows, and says what became of the message. */
export function* findUnreadable({ truth, record: { said }, name, during }: JudgedCall): Violations {
  if (said.kind !== "odd") return;
  // A ledger that cannot be asked may say so in its own words, as long as nothing was sent.
  const mayLedgerFail = truth.plan.processes.some(({ ledgerFault }) => ledgerFault !== undefined);
  if (!(mayLedgerFail && during.length === 0))
    yield { kind: "an error that says nothing", text: `${name}: ${said.name}: ${said.message}` };
}

/** What is said to be sent exists, is the message that was asked for, and nobody else's. */
export function* findWronglySent({ truth, record, name, all, during, isSideBySide }: JudgedCall): Violations {
  const { said, intent } = record;
  if (said.kind !== "sent") return;
  const message = truth.messages.find(({ id }) => id === String(said.id));
  if (message === undefined || message.landedAt > record.endedAt) {
    yield { kind: "sent, but it does not exist", text: `${name}: ${said.id}` };
  } else {
    const { content, to, conversationId } = message;
    if (!isOfIntent(message, intent))
      yield { kind: "sent, but another message", text: `${name}: ${said.id} is "${content}" to ${to}` };
    const { answerNamesConversation } = truth.plan.server;
    if (typeof said.conversationId === "string" && said.conversationId !== conversationId && answerNamesConversation)
      yield {
        kind: "sent, but another message",
        text: `${name}: said to be in ${said.conversationId}, is in ${conversationId}`,
      };
    if (!isSideBySide && during.length === 0 && !said.alreadySent) yield { kind: "found, not said", text: name };
    if (!isSideBySide && said.alreadySent && during.at(-1)?.confirmed === true && all.length === during.length)
      yield { kind: "sent, said to be found", text: name };
  }
  if (intent.reference !== null) return;
  const isTaken = truth.calls.some(
    (other) => other !== record && other.said.kind === "sent" && other.said.id === said.id,
  );
  if (isTaken) yield { kind: "one message for two", text: `${name}: ${said.id}` };
}

/** What is said not to be sent does not exist, and cannot come to be. */
export function* findWronglyNotSent({
  truth,
  record,
  name,
  all,
  during,
  isSideBySide,
  stoodStillMs,
}: JudgedCall): Violations {
  const { said, intent } = record;
  const saysNotSent =
    said.kind === "not_sent" ||
    (said.kind === "conflict" && isLedgerShared(truth)) ||
    (said.kind === "aborted" && !isSideBySide);
  if (!saysNotSent) return;
  const isOneOfSeveral =
    intent.reference === null && isSideBySide && truth.calls.filter((other) => other.intent === intent).length > 1;
  if (isOneOfSeveral) return;
  // A call of its own message answers for its own requests alone; who has a reference, for all under it.
  const answerable = (intent.reference === null ? during : all).filter(
    (request) =>
      isKnowable(truth, request, record.process, intent, record.startedAt) &&
      (stoodStillMs === 0 || record.overruled || request.process === record.process),
  );
  const existing = answerable.flatMap(({ message }) => (message === null ? [] : [message.id]));
  // After the grace a complete history may have proven an earlier one absent.
  const open = answerable.filter(
    (request) =>
      request.mayBeProcessed && (request.number > record.requestsBefore || record.endedAt - request.at < graceMs),
  );
  if (existing.length > 0) yield { kind: "not_sent, but it exists", text: `${name}: ${existing.join(", ")}` };
  else if (open.length > 0) {
    const requests = open.map(({ number, fault }) => `${number} (${fault?.name})`);
    yield { kind: "not_sent without proof", text: `${name}: request ${requests.join(", ")}` };
  }
}

/** A reference is in conflict only where another message has it, or may have it; and then only one of them is sent. */
export function* findWrongConflicts({ truth, record, name, rivals }: JudgedCall): Violations {
  const { said } = record;
  if (said.kind === "conflict") {
    const mayExist = rivals.some(
      (rival) =>
        rival.startedAt <= record.endedAt &&
        (rival.endedAt >= record.startedAt ||
          rival.said.kind === "cut off" ||
          rival.said.kind === "unknown" ||
          findRequests(truth, rival.intent).some(({ mayBeProcessed, at }) => mayBeProcessed && at <= record.endedAt)),
    );
    const mayLedgerFail = truth.plan.processes.some(({ ledgerFault }) => ledgerFault !== undefined);
    if (!mayExist && !mayLedgerFail) yield { kind: "conflict without another message", text: name };
  }
  if (said.kind === "sent" && isLedgerShared(truth)) {
    const wasSent = rivals.some((rival) => rival.said.kind === "sent" && rival.endedAt < record.startedAt);
    if (wasSent) yield { kind: "another message under the reference", text: name };
  }
}
