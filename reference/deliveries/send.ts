/** One attempt of a webhook delivery: the request, its time limit, and what came of it. */
import { signPayload } from "../../src/api/signature.ts";
import type { Deliver, DeliveryRequest } from "../../src/http/guarded-post.ts";
import type { Attempt } from "../store/attempts.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import type { StoredWebhook } from "../store/webhooks.ts";

export const attemptTimeoutMs = 10_000;

export function deliveryHeaders(
  webhook: StoredWebhook,
  delivery: StoredDelivery,
  body: string,
): Record<string, string> {
  return {
    "Content-Type": "application/json",
    "User-Agent": "OnSync-Webhooks/1.0",
    "X-OnSync-Signature": signPayload(body, webhook.secret),
    "X-OnSync-Event": delivery.eventType,
    "X-OnSync-Delivery": delivery.eventId,
    "X-OnSync-Attempt": String(delivery.roundAttempts + 1),
  };
}

/** Whether a request is the delivery of a webhook, ours or another reference's: it may never steer anything. */
export function isDelivery(headers: Headers): boolean {
  const agent = headers.get("user-agent") ?? "";
  return (
    agent.startsWith("OnSync-Webhooks/") ||
    ["signature", "event", "delivery", "attempt"].some((name) => headers.has(`x-onsync-${name}`))
  );
}

export type AttemptOutcome = Omit<Attempt, "at">;

export function isAcknowledged({ statusCode }: Pick<AttemptOutcome, "statusCode">): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300;
}

function describeError(error: unknown): string {
  const { cause, message, code } = error as {
    cause?: { message?: string; code?: string };
    message?: string;
    code?: string;
  };
  return cause?.message || cause?.code || message || code || String(error);
}

/** Makes the attempt. An answer that takes longer than the limit, or that `stop` forestalls, is none. */
export async function attemptDelivery(
  deliver: Deliver,
  request: Omit<DeliveryRequest, "signal">,
  stop: AbortSignal,
): Promise<AttemptOutcome> {
  const started = performance.now();
  const made = () => ({
    url: request.url,
    requestHeaders: request.headers,
    durationMs: Math.round(performance.now() - started),
  });
  const controller = new AbortController();
  const late = new Error(`no answer within ${attemptTimeoutMs / 1000} s`);
  const timer = setTimeout(() => controller.abort(late), attemptTimeoutMs);
  const stopped = (): void => controller.abort(new Error("stopped"));
  stop.addEventListener("abort", stopped, { once: true });
  try {
    const ended = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
    });
    const { status, headers, body } = await Promise.race([deliver({ ...request, signal: controller.signal }), ended]);
    const redirect = status >= 300 && status < 400;
    return {
      ...made(),
      statusCode: status,
      error: redirect ? "redirects are not followed" : null,
      responseHeaders: headers ?? null,
      responseBody: body ?? null,
    };
  } catch (error) {
    return {
      ...made(),
      statusCode: null,
      error: controller.signal.aborted ? describeError(controller.signal.reason) : describeError(error),
      responseHeaders: null,
      responseBody: null,
    };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", stopped);
  }
}
