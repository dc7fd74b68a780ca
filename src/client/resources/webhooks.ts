/** Webhook endpoints: registered once each, listed, removed. */
import type { CreatedWebhook, DeletedWebhook, Envelope, Webhook, WebhookInput } from "../../api/index.ts";
import { monotonicNow } from "../clock.ts";
import type { CallOptions, ClientContext } from "../context.ts";
import { createSettlingDeadline } from "../deadline.ts";
import { UnknownOutcomeError } from "../errors/errors.ts";
import { isErrorNamed } from "../errors/guards.ts";
import { executeRequest, parseRequest } from "../request.ts";
import { toServerClock } from "../response.ts";
import { executeCall, executeCallBefore, executeWithRetry, startDeadline, unwrapAbortReason } from "../retry.ts";
import { executeOnce, type UncertainAttempt } from "../send/once.ts";

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
  failure: UncertainAttempt,
  found: readonly Webhook[],
  because: string,
  cause: unknown,
): UnknownOutcomeError {
  const ids = redact.text(found.map(({ id }) => id).join(" and "));
  return new UnknownOutcomeError(
    `Whether the webhook endpoint was registered cannot be told: ${failure.reason}; ${because}`,
    {
      requestId: failure.requestId,
      cause,
      advice: ids
        ? `Delete ${ids} (delete_webhook), whose secret is lost, and register the endpoint again.`
        : "List the webhooks before you register it again, and delete the one with this url if it is there: its secret is lost.",
    },
  );
}

async function createWebhook(
  context: ClientContext,
  input: WebhookInput,
  options: CallOptions | undefined,
): Promise<CreatedWebhook & Envelope> {
  const { clock } = context;
  const deadline = startDeadline(context, options);
  const prepared = parseRequest(context, { name: "createWebhook", body: input });
  const startedAt = monotonicNow(clock);

  const settle = async (failure: UncertainAttempt) => {
    if (failure.aborted) throw createUnknownOutcome(context, failure, [], "it was not looked for", failure.error);
    let list: Awaited<ReturnType<typeof executeCallBefore>>;
    try {
      list = await executeCallBefore(context, { name: "listWebhooks" }, createSettlingDeadline(deadline));
    } catch (error) {
      throw createUnknownOutcome(context, failure, [], "the list of webhooks could not be read", error);
    }
    const since = toServerClock(list, startedAt, monotonicNow(clock));
    const found = (list.body.data as Webhook[]).filter(
      ({ url, events, createdAt }) =>
        url === input.url &&
        haveSameEvents(input.events, events ?? []) &&
        !(since !== null && Date.parse(createdAt ?? "") < since - clockMarginMs),
    );
    const [only, another] = found;
    const dated = since !== null && !Number.isNaN(Date.parse(only?.createdAt ?? ""));
    if (only && !another && dated && input.secret !== undefined)
      return { ...list, body: { ...list.body, data: undefined, ...only, secret: input.secret } };
    throw createUnknownOutcome(
      context,
      failure,
      found,
      only ? `${found.length} with its url are there` : "none is there yet",
      failure.error,
    );
  };
  return (await executeOnce(context, prepared, deadline, settle)).body as CreatedWebhook & Envelope;
}

async function deleteWebhook(
  context: ClientContext,
  webhookId: string,
  options: CallOptions | undefined,
): Promise<DeletedWebhook & Envelope> {
  const deadline = startDeadline(context, options);
  const prepared = parseRequest(context, { name: "deleteWebhook", parts: { webhookId } });
  const done = { id: webhookId, deleted: true };
  return executeWithRetry(context, deadline, async (number, uncertain) => {
    try {
      return { ...done, ...(await executeRequest(context, prepared, deadline, number)).body };
    } catch (error) {
      // Gone, and an attempt before may well have been what removed it: that is what was asked for.
      if (!uncertain || !isErrorNamed(error, "NotFoundError")) throw error;
      return { ...done, requestId: error.requestId ?? "", timestamp: new Date(context.clock.now()).toISOString() };
    }
  });
}

export function createWebhooks(context: ClientContext): Webhooks {
  return {
    create: (input, options) => unwrapAbortReason(createWebhook(context, input, options)),
    async list(options) {
      return (await executeCall(context, { name: "listWebhooks" }, options)).body as { data: Webhook[] } & Envelope;
    },
    delete: (webhookId, options) => unwrapAbortReason(deleteWebhook(context, webhookId, options)),
  };
}
