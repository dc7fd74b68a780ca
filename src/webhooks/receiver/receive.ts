/** What happens to one delivery: it is read, verified, kept, and only then acknowledged. */
import type { Event } from "../../api/index.ts";
import { signatureHeader } from "../../api/signature.ts";
import { type Clock, monotonicNow } from "../../client/clock.ts";
import { startDeadline, withDeadline } from "../../client/deadline.ts";
import { SignatureError } from "../../client/errors/index.ts";
import { notifyHook } from "../../client/hooks.ts";
import type { EventLogger } from "../logger.ts";
import { EventConflictError, type EventStore } from "../store/store.ts";
import { type BodyReader, RejectedBodyError } from "./body.ts";
import { type Answer, createAnswer, type Delivery, type DeliveryEvent, type RefusalReason } from "./delivery.ts";
import { MalformedEventError } from "./event.ts";
import type { Secrets } from "./secrets.ts";
import { parseEvent } from "./verify.ts";

export type ReceiverContext = {
  readonly secrets: Secrets;
  readonly bodies: BodyReader;
  readonly store: Pick<EventStore, "accept">;
  readonly storeTimeoutMs: number;
  readonly maxAgeMs: number | undefined;
  readonly clock: Clock;
  readonly log: EventLogger;
  readonly onDelivery: ((event: DeliveryEvent) => void) | undefined;
};

const retryAfterSeconds = 5;

/** Answers a delivery, and tells of it. What is refused is not stored. */
export async function receiveDelivery(context: ReceiverContext, delivery: Delivery): Promise<Answer> {
  const { clock, onDelivery } = context;
  const startedAt = monotonicNow(clock);
  const answer = await answerDelivery(context, delivery);
  const { status, outcome } = answer;
  notifyHook(onDelivery, { status, outcome, durationMs: monotonicNow(clock) - startedAt });
  return answer;
}

async function answerDelivery(context: ReceiverContext, delivery: Delivery): Promise<Answer> {
  const { method, header, body } = delivery;
  if (method !== "POST")
    return createAnswer(405, "not_post", "OnSync posts its webhook deliveries here: use POST.", { allow: "POST" });
  if (!isJson(header("content-type")))
    return createAnswer(415, "not_json", "A delivery is JSON: send Content-Type: application/json.");
  try {
    const rawBody = await context.bodies.read(body, header("content-length"));
    const event = await parseWithSecrets(context.secrets, rawBody, header(signatureHeader));
    return refuseOldEvent(context, event) ?? (await keepEvent(context, event, rawBody));
  } catch (error) {
    return createErrorAnswer(context, error);
  }
}

function isJson(type: string | null): boolean {
  return /^application\/([\w.-]+\+)?json$/i.test(type?.split(";", 1)[0]?.trim() ?? "");
}

/** Looks for new secrets before it refuses a signature. */
async function parseWithSecrets(secrets: Secrets, rawBody: Buffer, signature: string | null): Promise<Event> {
  // One that is just being made known: there is nothing yet to refuse with.
  if (secrets.current().length === 0 && !(await secrets.refresh?.()))
    throw new RejectedBodyError(503, "no_secret", "This receiver has no secret yet: deliver this again shortly.");
  try {
    return parseEvent(rawBody, signature, secrets.current());
  } catch (error) {
    if (!(error instanceof SignatureError) || !(await secrets.refresh?.())) throw error;
    return parseEvent(rawBody, signature, secrets.current());
  }
}

function refuseOldEvent({ maxAgeMs, clock, log }: ReceiverContext, event: Event): Answer | undefined {
  // What is no time has no age either.
  if (maxAgeMs === undefined || clock.now() - Date.parse(event.createdAt) <= maxAgeMs) return undefined;
  const { id, type, createdAt } = event;
  log("warn", "delivery refused: its event is too old", { status: 422, event: id, type, createdAt, maxAgeMs });
  return createAnswer(
    422,
    "too_old",
    `The event is older than this receiver takes: ${maxAgeMs / 1000} seconds by its createdAt.`,
  );
}

async function keepEvent(context: ReceiverContext, event: Event, rawBody: Buffer): Promise<Answer> {
  const { store, clock, storeTimeoutMs, log } = context;
  const deadline = startDeadline({ clock, deadlineMs: storeTimeoutMs });
  const result = await withDeadline(deadline, () => store.accept({ event, body: rawBody.toString("utf8") }));
  const { id, type, orgId } = event;
  if (result.kind === "done") {
    log("debug", result.value ? "event received" : "event received again", { event: id, type });
    return createAnswer(200, result.value ? "new" : "repeat", id);
  }
  const error =
    result.kind === "failed"
      ? result.error
      : new Error(`the event store did not answer within ${storeTimeoutMs / 1000} s`);
  if (error instanceof EventConflictError) {
    log("error", "event not kept: its org has another event of this id", { event: id, type, org: orgId });
    return createAnswer(409, "conflict", error.message);
  }
  log("error", "event not kept: OnSync is asked to deliver it again", { event: id, err: error });
  return createAnswer(503, "store", "The event cannot be kept now: deliver it again.", {
    "retry-after": String(retryAfterSeconds),
  });
}

function createErrorAnswer({ log }: ReceiverContext, error: unknown): Answer {
  const [status, reason] = classifyRefusal(error);
  if (status === 500) log("error", "delivery failed", { err: error });
  else log("warn", "delivery refused", { status, reason: (error as Error).message });
  return createAnswer(status, reason, status === 500 ? "An error of this receiver's own." : (error as Error).message, {
    ...(status >= 500 && { "retry-after": String(retryAfterSeconds) }),
  });
}

function classifyRefusal(error: unknown): [status: number, reason: RefusalReason] {
  if (error instanceof RejectedBodyError) return [error.status, error.reason];
  if (error instanceof SignatureError) return [401, "signature"];
  return error instanceof MalformedEventError ? [400, "malformed"] : [500, "internal"];
}
