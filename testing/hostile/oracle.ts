/**
 * The judge: what the client said, held against what the model knows to be true. It knows every request, every message and
 * every instant, and nothing of how the client works.
 */
import { type Fault, lookFaults } from "./faults.ts";
import type { LookRecord, PostRecord, StoredMessage } from "./onsync-model.ts";
import type { Call, Intent, Plan } from "./schedule.ts";

/** Everything that an error of a send may be called. */
export const errorNames = [
  "OnSyncError",
  "ApiError",
  "ValidationError",
  "AuthenticationError",
  "PermissionError",
  "NotFoundError",
  "DuplicateError",
  "WindowClosedError",
  "RateLimitError",
  "ServerError",
  "ConnectionError",
  "TimeoutError",
  "UnknownOutcomeError",
  "ExtensionUnavailableError",
  "ReferenceConflictError",
] as const;

export type Said =
  | { kind: "sent"; id: unknown; conversationId: unknown; alreadySent: boolean }
  | { kind: "not_sent"; name: string; message: string }
  | { kind: "unknown"; name: string; message: string }
  | { kind: "conflict"; message: string }
  /** It rejected with the reason of its own signal. */
  | { kind: "aborted" }
  /** It rejected with something that a caller cannot read. */
  | { kind: "odd"; name: string; message: string }
  /** Its process was cut off. */
  | { kind: "cut off" };

export type CallRecord = {
  call: Call;
  intent: Intent;
  intentIndex: number;
  process: string;
  stage: number;
  /** Requests that had left before it began. */
  postsBefore: number;
  /** Requests that had left when it ended. */
  postsUntil: number;
  /** Whether a webhook had told the shared ledger of its message before it began. */
  toldBefore: boolean;
  /** Whether the ledger had told its process that somebody else has the reference by now. */
  overruled: boolean;
  startedAt: number;
  endedAt: number;
  said: Said;
};

export type Truth = {
  plan: Plan;
  calls: CallRecord[];
  posts: readonly PostRecord[];
  looks: readonly LookRecord[];
  messages: readonly StoredMessage[];
};

export const violationKinds = [
  "doubled",
  "sent again",
  "not_sent, but it exists",
  "not_sent without proof",
  "sent, but it does not exist",
  "sent, but another message",
  "one message for two",
  "unknown, but certain",
  "conflict without another message",
  "another message under the reference",
  "found, not said",
  "sent, said to be found",
  "an error that says nothing",
  "too long",
  "changed on its way",
  "did not send",
] as const;
export type ViolationKind = (typeof violationKinds)[number];
export type Violation = { kind: ViolationKind; text: string };

/** How long after an unknown outcome the same reference sends nothing. */
const graceMs = 5 * 60_000;
const settlingMs = 7_500;
const defaultDeadlineMs = 30_000;
const lostAnswerMs = 10_000;
/** Calls of the ledger and the last answer of a request take this long beyond what the client can measure. */
const slackMs = 250;

/**
 * What a client that shares no ledger with an earlier process can tell from the history alone: see `restartLaws`. Where the
 * history cannot show a message, it shows at least that it cannot, as long as it has the conversation.
 */
function promisesAbsence(plan: Plan): boolean {
  return (
    plan.server.conversationIds === "documented" &&
    plan.server.historyMetadata !== "empty" &&
    plan.server.perMinute < 200
  );
}

export function judge(truth: Truth): Violation[] {
  const { plan, calls, posts, messages, looks } = truth;
  const violations: Violation[] = [];
  const say = (kind: ViolationKind, text: string) => violations.push({ kind, text });
  const deadlineOf = (call: CallRecord) => plan.processes[call.call.process]?.deadlineMs ?? defaultDeadlineMs;
  const ledgerShared = plan.sharing !== "no shared ledger";
  const postsOf = (intent: Intent) => posts.filter((post) => post.content === intent.content);
  const messagesOf = (intent: Intent) => messages.filter((message) => message.content === intent.content);

  /** Whether a process at that time can know of a request: its own, one that the ledger has, or one that shows. */
  const visibleFrom = (message: StoredMessage) =>
    message.landedAt + plan.server.historyLagMs + plan.server.metadataLagMs;
  const knowable = (
    post: PostRecord,
    process: string,
    { to, content }: { to: unknown; content: unknown },
    at: number,
  ): boolean =>
    ledgerShared ||
    post.process === process ||
    (promisesAbsence(plan) &&
      // It looks into the conversation that it sends to, and into no other.
      post.to === to &&
      // Without metadata only the same text tells that it may be the one.
      (plan.server.historyMetadata === "kept" || post.content === content) &&
      post.message !== null &&
      visibleFrom(post.message) < at &&
      // It had the time to look, and its looks were answered.
      plan.processes.every(({ deadlineMs }) => deadlineMs === undefined || deadlineMs >= 1_000) &&
      !looks.some((look) => look.process === process && (look.faulted || look.endedAt === null)));
  /** When the first call began that can have sent it. */
  const beganOf = (post: PostRecord): number =>
    Math.min(
      post.at,
      ...calls
        .filter(({ process, intent, postsBefore, postsUntil }) => {
          const spans = postsBefore < post.number && post.number <= postsUntil;
          return spans && process === post.process && intent.content === post.content;
        })
        .map(({ startedAt }) => startedAt),
    );

  // What was asked for is what was sent.
  for (const message of messages) {
    const intent = plan.intents.find(({ content }) => content === message.content);
    if (
      intent === undefined ||
      intent.to !== message.to ||
      intent.platform !== message.platform ||
      (intent.reference !== null && message.metadata.clientReference !== intent.reference)
    )
      say(
        "changed on its way",
        `${message.id}: "${message.content}" to ${message.to}, ${JSON.stringify(message.metadata)}`,
      );
  }

  // Never more than one message for one intended message.
  const references = new Set(plan.intents.flatMap(({ reference }) => (reference === null ? [] : [reference])));
  for (const reference of references) {
    const landed = messages.filter(({ metadata }) => metadata.clientReference === reference);
    const ordered = posts.filter((post) => post.reference === reference);
    const unforeseeable =
      !ledgerShared &&
      ordered.some((post, index) =>
        ordered
          .slice(0, index)
          .some((past) => past.message !== null && !knowable(past, post.process, post, beganOf(post))),
      );
    if (landed.length > 1 && !unforeseeable)
      say("doubled", `${reference}: ${landed.map(({ id, request }) => `${id} of request ${request}`).join(", ")}`);
  }
  for (const intent of plan.intents.filter(({ reference }) => reference === null)) {
    const asked = calls.filter((call) => call.intent === intent).length;
    const landed = messagesOf(intent);
    if (landed.length > asked) say("doubled", `"${intent.content}": ${landed.length} messages for ${asked} calls`);
    const byReference = Map.groupBy(landed, (message) => message.metadata.clientReference);
    for (const [reference, twins] of byReference)
      if (twins.length > 1) say("doubled", `${String(reference)}: ${twins.map(({ id }) => id).join(", ")}`);
  }

  // A request that may have been processed is not sent again: never by one call, nor within the grace.
  posts.forEach((post, index) => {
    for (const past of posts.slice(0, index)) {
      if (past.reference !== post.reference || typeof post.reference !== "string") continue;
      const wasOpen = past.mayBeProcessed || past.endedAt === null || past.endedAt > post.at;
      if (!wasOpen || !knowable(past, post.process, post, beganOf(post))) continue;
      const within = post.at - past.at < graceMs || past.confirmed;
      if (within)
        say("sent again", `request ${post.number} repeats request ${past.number} (${past.fault?.name ?? "no fault"})`);
    }
  });

  for (const call of calls) {
    const { said, intent } = call;
    const where = `call ${calls.indexOf(call) + 1} ("${intent.content}", ${call.process})`;
    const took = call.endedAt - call.startedAt;
    if (said.kind === "cut off") continue;
    const stoodStill = plan.processes[call.call.process]?.pause?.ms ?? 0;
    const limit = deadlineOf(call) + lostAnswerMs + slackMs + stoodStill;
    if (took > limit) say("too long", `${where} took ${Math.round(took)} ms, ${limit} at most`);

    const all = postsOf(intent).filter((post) => post.number <= call.postsUntil);
    const own = all.filter((post) => post.process === call.process);
    const during = own.filter((post) => post.number > call.postsBefore);
    const sideBySide = calls.some(
      (other) =>
        other !== call &&
        other.stage === call.stage &&
        other.startedAt <= call.endedAt &&
        call.startedAt <= other.endedAt,
    );

    if (said.kind === "odd") {
      // A ledger that cannot be asked may say so in its own words, as long as nothing was sent.
      const ledgerFails = plan.processes.some((process) => process.ledgerFault !== undefined);
      if (!(ledgerFails && during.length === 0))
        say("an error that says nothing", `${where}: ${said.name}: ${said.message}`);
      continue;
    }

    if (said.kind === "sent") {
      const message = messages.find(({ id }) => id === String(said.id));
      if (message === undefined || message.landedAt > call.endedAt)
        say("sent, but it does not exist", `${where}: ${said.id}`);
      else {
        if (
          message.content !== intent.content ||
          message.to !== intent.to ||
          message.platform !== intent.platform ||
          (intent.reference !== null && message.metadata.clientReference !== intent.reference)
        )
          say("sent, but another message", `${where}: ${said.id} is "${message.content}" to ${message.to}`);
        if (
          typeof said.conversationId === "string" &&
          said.conversationId !== message.conversationId &&
          plan.server.answerNamesConversation
        )
          say(
            "sent, but another message",
            `${where}: said to be in ${said.conversationId}, is in ${message.conversationId}`,
          );
        if (!sideBySide && during.length === 0 && !said.alreadySent) say("found, not said", where);
        if (!sideBySide && said.alreadySent && during.at(-1)?.confirmed === true && all.length === during.length)
          say("sent, said to be found", where);
      }
      if (intent.reference === null) {
        const twin = calls.find((other) => other !== call && other.said.kind === "sent" && other.said.id === said.id);
        if (twin) say("one message for two", `${where}: ${said.id}`);
      }
    }

    if (
      said.kind === "not_sent" ||
      (said.kind === "conflict" && ledgerShared) ||
      (said.kind === "aborted" && !sideBySide)
    ) {
      // A call of its own message answers for its own requests alone; who has a reference, for all under it.
      const answerable = (intent.reference === null ? during : all).filter(
        (post) =>
          knowable(post, call.process, intent, call.startedAt) &&
          (!stoodStill || call.overruled || post.process === call.process),
      );
      const exists = answerable.filter((post) => post.message !== null);
      // After the grace a complete history may have proven an earlier one absent.
      const open = answerable.filter(
        (post) => post.mayBeProcessed && (post.number > call.postsBefore || call.endedAt - post.at < graceMs),
      );
      const twinCalls =
        intent.reference === null && calls.filter((other) => other.intent === intent).length > 1 && sideBySide;
      if (!twinCalls) {
        if (exists.length > 0)
          say("not_sent, but it exists", `${where}: ${exists.map(({ message }) => message?.id).join(", ")}`);
        else if (open.length > 0)
          say(
            "not_sent without proof",
            `${where}: request ${open.map(({ number, fault }) => `${number} (${fault?.name})`).join(", ")}`,
          );
      }
    }

    const others = calls.filter(
      (other) => other.intent !== intent && other.intent.reference === intent.reference && intent.reference !== null,
    );
    if (said.kind === "conflict") {
      const mayExist = others.some(
        (other) =>
          other.startedAt <= call.endedAt &&
          (other.endedAt >= call.startedAt ||
            other.said.kind === "cut off" ||
            other.said.kind === "unknown" ||
            postsOf(other.intent).some((post) => post.mayBeProcessed && post.at <= call.endedAt)),
      );
      const ledgerFails = plan.processes.some((process) => process.ledgerFault !== undefined);
      if (!mayExist && !ledgerFails) say("conflict without another message", where);
    }
    if (others.length > 0 && ledgerShared && (said.kind === "unknown" || said.kind === "sent")) {
      const settledOther = others.find((other) => other.said.kind === "sent" && other.endedAt < call.startedAt);
      if (settledOther && said.kind === "sent") say("another message under the reference", where);
    }

    // Where certainty is possible, it is owed. Judged for one call alone, in one process that was never disturbed.
    const alone =
      others.length === 0 &&
      plan.sharing === "one process" &&
      !sideBySide &&
      call.call.abortAfterMs === undefined &&
      call.stage === firstStageOf(calls, intent);
    if (alone && said.kind === "unknown") {
      const proofsOnly = during.length > 0 && during.every((post) => !post.mayBeProcessed);
      if (proofsOnly && !looks.some((look) => look.faulted) && plan.processes[0]?.deaf !== true)
        say("unknown, but certain", `${where}: all that was answered proves that nothing was done`);
      const lost = during.find((post) => post.mayBeProcessed);
      if (lost !== undefined) {
        const shown = looks.filter(
          (look) =>
            !look.faulted &&
            look.endedAt !== null &&
            look.endedAt <= call.endedAt &&
            look.at > lost.at &&
            look.process === call.process &&
            look.shown.includes(String(lost.reference)),
        );
        if (shown.length > 0) say("unknown, but certain", `${where}: a look had shown it`);
        const lostAt = Math.min(lost.endedAt ?? call.endedAt, call.startedAt + deadlineOf(call), call.endedAt);
        const visibleAt =
          (lost.message?.landedAt ?? Number.POSITIVE_INFINITY) + plan.server.historyLagMs + plan.server.metadataLagMs;
        if (
          isFindable(plan) &&
          plan.looks.length === 0 &&
          deadlineOf(call) > settlingMs &&
          visibleAt <= lostAt + settlingMs - 2_500
        )
          say(
            "unknown, but certain",
            `${where}: it was to be seen ${Math.round(visibleAt - lostAt)} ms after its answer was lost`,
          );
      }
    }
    if (
      said.kind === "unknown" &&
      call.toldBefore &&
      plan.processes.every(({ ledgerFault, pause }) => ledgerFault === undefined && pause === undefined)
    )
      say("unknown, but certain", `${where}: the ledger had been told by a webhook`);
    if (
      alone &&
      said.kind !== "sent" &&
      plan.posts.length === 0 &&
      plan.looks.length === 0 &&
      deadlineOf(call) >= 1_000
    ) {
      // Nothing is in its way but what its reference demands: a history that can be read.
      if (intent.reference === null || isFindable(plan)) say("did not send", `${where}: ${said.kind}`);
    }
  }
  return violations;
}

function firstStageOf(calls: CallRecord[], intent: Intent): number {
  return Math.min(...calls.filter((call) => call.intent === intent).map((call) => call.stage));
}

/** Whether the history shows a message under the documented id, in full. */
function isFindable(plan: Plan): boolean {
  return (
    plan.server.conversationIds === "documented" &&
    plan.server.historyMetadata === "kept" &&
    plan.server.perMinute < 200 &&
    plan.server.maxPage > plan.server.inSameMillisecond &&
    plan.server.unknownConversation !== "framework404" &&
    plan.server.unknownConversation !== "html404"
  );
}

const lookNames = new Set(lookFaults.filter(({ plain }) => plain).map(({ name }) => name));

/** A conforming server, and only what any network does. */
export function isPlain(plan: Plan): boolean {
  const isPlainFault = (fault: Fault) => fault.plain;
  return (
    plan.behaviour === "conforming" &&
    plan.also === null &&
    plan.sharing === "one process" &&
    plan.processes.every(({ deadlineMs }) => deadlineMs === undefined) &&
    plan.posts.every(isPlainFault) &&
    plan.looks.every(({ name }) => lookNames.has(name))
  );
}
