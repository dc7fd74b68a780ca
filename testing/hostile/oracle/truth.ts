/** What the judge is given: what each call said, and what the model knows to be true. */
import type { Call, Intent, Plan } from "../plan/plan.ts";
import type { HistoryRead, SendRequest, StoredMessage } from "../server/records.ts";

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
  requestsBefore: number;
  /** Requests that had left when it ended. */
  requestsUntil: number;
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
  calls: readonly CallRecord[];
  sendRequests: readonly SendRequest[];
  historyReads: readonly HistoryRead[];
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
/** What a law finds broken. */
export type Violations = Generator<Violation, void, undefined>;
