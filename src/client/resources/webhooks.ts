/** Webhook endpoints: registered once each, listed, removed. */
import type { CreatedWebhook, DeletedWebhook, Envelope, Webhook, WebhookInput } from "../../api/index.ts";
import { monotonicNow } from "../clock.ts";
import type { CallOptions, Settings } from "../context.ts";
import { settlingBudget } from "../deadline.ts";
import { UnknownOutcomeError } from "../errors/errors.ts";
import { isErrorNamed } from "../errors/guards.ts";
import { exchange, prepare } from "../request.ts";
import { onServerClock } from "../response.ts";
import { budgetOf, perform, performWithin, retrying, unlessGivenUp } from "../retry.ts";
import { type Failure, once } from "../send/once.ts";

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
const margin = 5_000;

function sameEvents(some: readonly string[], others: readonly string[]): boolean {
  const wanted = new Set(some);
  return wanted.size === new Set(others).size && others.every((event) => wanted.has(event));
}

function unknown(
  { redact }: Settings,
  failure: Failure,
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

async function create(
  settings: Settings,
  input: WebhookInput,
  options: CallOptions | undefined,
): Promise<CreatedWebhook & Envelope> {
  const { clock } = settings;
  const budget = budgetOf(settings, options);
  const prepared = prepare(settings, { name: "createWebhook", body: input });
  const startedAt = monotonicNow(clock);

  const settle = async (failure: Failure) => {
    if (failure.abandoned) throw unknown(settings, failure, [], "it was not looked for", failure.error);
    let list: Awaited<ReturnType<typeof performWithin>>;
    try {
      list = await performWithin(settings, { name: "listWebhooks" }, settlingBudget(budget));
    } catch (error) {
      throw unknown(settings, failure, [], "the list of webhooks could not be read", error);
    }
    const since = onServerClock(list, startedAt, monotonicNow(clock));
    const found = (list.body.data as Webhook[]).filter(
      ({ url, events, createdAt }) =>
        url === input.url &&
        sameEvents(input.events, events ?? []) &&
        !(since !== null && Date.parse(createdAt ?? "") < since - margin),
    );
    const [only, another] = found;
    const dated = since !== null && !Number.isNaN(Date.parse(only?.createdAt ?? ""));
    if (only && !another && dated && input.secret !== undefined)
      return { ...list, body: { ...list.body, data: undefined, ...only, secret: input.secret } };
    throw unknown(
      settings,
      failure,
      found,
      only ? `${found.length} with its url are there` : "none is there yet",
      failure.error,
    );
  };
  return (await once(settings, prepared, budget, settle)).body as CreatedWebhook & Envelope;
}

async function remove(
  settings: Settings,
  webhookId: string,
  options: CallOptions | undefined,
): Promise<DeletedWebhook & Envelope> {
  const budget = budgetOf(settings, options);
  const prepared = prepare(settings, { name: "deleteWebhook", parts: { webhookId } });
  const done = { id: webhookId, deleted: true };
  return retrying(settings, budget, async (number, uncertain) => {
    try {
      return { ...done, ...(await exchange(settings, prepared, budget, number)).body };
    } catch (error) {
      // Gone, and an attempt before may well have been what removed it: that is what was asked for.
      if (!uncertain || !isErrorNamed(error, "NotFoundError")) throw error;
      return { ...done, requestId: error.requestId ?? "", timestamp: new Date(settings.clock.now()).toISOString() };
    }
  });
}

export function webhooksOf(settings: Settings): Webhooks {
  return {
    create: (input, options) => unlessGivenUp(create(settings, input, options)),
    async list(options) {
      return (await perform(settings, { name: "listWebhooks" }, options)).body as { data: Webhook[] } & Envelope;
    },
    delete: (webhookId, options) => unlessGivenUp(remove(settings, webhookId, options)),
  };
}
