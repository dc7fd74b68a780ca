/** Webhook endpoints: registered once each, listed, removed. */
import type { CreatedWebhook, DeletedWebhook, Envelope, Webhook, WebhookInput } from "../../api/index.ts";
import { executeCall, executeCallUntil } from "../call.ts";
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import { createSettlingDeadline, type Deadline, startDeadline, unwrapAbortReason } from "../deadline.ts";
import { UnknownOutcomeError } from "../errors/call-errors.ts";
import { isErrorNamed } from "../errors/guards.ts";
import type { CallOptions } from "../options.ts";
import { parseRequest } from "../parse-request.ts";
import { executeRequest } from "../request.ts";
import { toServerClock } from "../response.ts";
import { executeOnce, executeWithRetry, type UncertainAttempt } from "../retry.ts";

export type Webhooks = {
  /**
   * Registers an endpoint. `secret` is in this answer only. After an answer was lost the list tells: an endpoint that
   * appeared meanwhile is the answer if you gave its secret.
   *
   * @throws UnknownOutcomeError naming what was found, where that cannot be told
   */
  create(input: WebhookInput, options?: CallOptions): Promise<CreatedWebhook & Envelope>;
  /** All of them with their delivery stats, never with their secrets. */
  list(options?: CallOptions): Promise<{ data: Webhook[] } & Envelope>;
  /** Deliveries that wait are dropped with it. */
  delete(webhookId: string, options?: CallOptions): Promise<DeletedWebhook & Envelope>;
};

/** How far the list's clock and the one that dated the endpoint may differ, in milliseconds. */
const clockMarginMs = 5_000;

function haveSameEvents(some: readonly string[], others: readonly string[]): boolean {
  const wanted = new Set(some);
  return wanted.size === new Set(others).size && others.every((event) => wanted.has(event));
}

function createUnknownOutcome(
  { redact }: ClientContext,
  attempt: UncertainAttempt,
  found: readonly Webhook[],
  because: string,
  cause: unknown,
): UnknownOutcomeError {
  const ids = redact.text(found.map(({ id }) => id).join(" and "));
  return new UnknownOutcomeError(
    `Whether the webhook endpoint was registered cannot be told: ${attempt.reason}; ${because}`,
    {
      requestId: attempt.requestId,
      cause,
      advice: ids
        ? `Delete ${ids} (delete_webhook), whose secret is lost, and register the endpoint again.`
        : "List the webhooks before you register it again, and delete the one with this url if it is there: its secret is lost.",
    },
  );
}

/**
 * What became of a registration whose answer was lost: the endpoint that has appeared since `startedAt`, if its secret is
 * known.
 *
 * @throws UnknownOutcomeError
 */
async function resolveOutcome(
  context: ClientContext,
  input: WebhookInput,
  attempt: UncertainAttempt,
  startedAt: number,
  deadline: Deadline,
): Promise<CreatedWebhook & Envelope> {
  if (attempt.aborted) throw createUnknownOutcome(context, attempt, [], "it was not looked for", attempt.error);
  const list = await executeCallUntil(context, "listWebhooks", {}, deadline).catch((error: unknown) => {
    throw createUnknownOutcome(context, attempt, [], "the list of webhooks could not be read", error);
  });
  const since = toServerClock(list, startedAt, monotonicNow(context.clock));
  const { data, ...envelope } = list.body;
  const found = data.filter(
    ({ url, events, createdAt }) =>
      url === input.url &&
      haveSameEvents(input.events, events ?? []) &&
      !(since !== null && Date.parse(createdAt ?? "") < since - clockMarginMs),
  );
  const [only, another] = found;
  const isDated = since !== null && !Number.isNaN(Date.parse(only?.createdAt ?? ""));
  if (only && !another && isDated && input.secret !== undefined) return { ...envelope, ...only, secret: input.secret };
  const because = only ? `${found.length} with its url are there` : "none is there yet";
  throw createUnknownOutcome(context, attempt, found, because, attempt.error);
}

async function createWebhook(
  context: ClientContext,
  input: WebhookInput,
  options: CallOptions | undefined,
): Promise<CreatedWebhook & Envelope> {
  const deadline = startDeadline(context, options);
  const prepared = parseRequest(context, "createWebhook", { body: input });
  const startedAt = monotonicNow(context.clock);
  return executeOnce(context, prepared, deadline, {
    resolveOutcome: (attempt) => resolveOutcome(context, input, attempt, startedAt, createSettlingDeadline(deadline)),
  });
}

async function deleteWebhook(
  context: ClientContext,
  webhookId: string,
  options: CallOptions | undefined,
): Promise<DeletedWebhook & Envelope> {
  const deadline = startDeadline(context, options);
  const prepared = parseRequest(context, "deleteWebhook", { path: { id: webhookId } });
  const deleted = { id: webhookId, deleted: true };
  return executeWithRetry(context, deadline, async (number, afterUncertain) => {
    try {
      return { ...deleted, ...(await executeRequest(context, prepared, deadline, number)).body };
    } catch (error) {
      // Gone, and an attempt before may well have been what removed it: that is what was asked for.
      if (!afterUncertain || !isErrorNamed(error, "NotFoundError")) throw error;
      return { ...deleted, requestId: error.requestId ?? "", timestamp: new Date(context.clock.now()).toISOString() };
    }
  });
}

export function createWebhooks(context: ClientContext): Webhooks {
  return {
    create: (input, options) => unwrapAbortReason(createWebhook(context, input, options)),
    async list(options) {
      return (await executeCall(context, "listWebhooks", {}, options)).body;
    },
    delete: (webhookId, options) => unwrapAbortReason(deleteWebhook(context, webhookId, options)),
  };
}
