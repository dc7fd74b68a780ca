/** One attempt of a webhook delivery: the request, its time limit, and what came of it. */
import { signPayload } from "../../src/events/signature.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import type { StoredWebhook } from "../store/webhooks.ts";

export type DeliveryRequest = { url: string; headers: Record<string, string>; body: string; signal: AbortSignal };

/** Sends a POST request without following redirects. Rejects when there is no answer. */
export type Deliver = (request: DeliveryRequest) => Promise<{ status: number }>;

export const attemptTimeoutMs = 10_000;

export const deliverByFetch: Deliver = async ({ url, headers, body, signal }) => {
  const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
  // The status is the acknowledgement; nobody reads the rest.
  await response.body?.cancel();
  return { status: response.status };
};

export const deliveryHeaders = (
  webhook: StoredWebhook,
  delivery: StoredDelivery,
  body: string,
): Record<string, string> => ({
  "Content-Type": "application/json",
  "User-Agent": "OnSync-Webhooks/1.0",
  "X-OnSync-Signature": signPayload(body, webhook.secret),
  "X-OnSync-Event": delivery.eventType,
  "X-OnSync-Delivery": delivery.eventId,
  "X-OnSync-Attempt": String(delivery.roundAttempts + 1),
});

export type Outcome = { statusCode: number | null; error: string | null };

export const acknowledged = ({ statusCode }: Outcome): boolean =>
  statusCode !== null && statusCode >= 200 && statusCode < 300;

const reason = (error: unknown): string => {
  const { cause } = error as { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || (error instanceof Error ? error.message : String(error));
};

/** Makes the attempt. An answer that takes longer than the limit, or that `stop` forestalls, is none. */
export const attempt = async (
  deliver: Deliver,
  request: Omit<DeliveryRequest, "signal">,
  stop: AbortSignal,
): Promise<Outcome> => {
  const controller = new AbortController();
  const late = new Error(`no answer within ${attemptTimeoutMs / 1000} s`);
  const timer = setTimeout(() => controller.abort(late), attemptTimeoutMs);
  const stopped = (): void => controller.abort(new Error("stopped"));
  stop.addEventListener("abort", stopped, { once: true });
  try {
    const ended = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
    });
    const { status } = await Promise.race([deliver({ ...request, signal: controller.signal }), ended]);
    const redirect = status >= 300 && status < 400;
    return { statusCode: status, error: redirect ? "redirects are not followed" : null };
  } catch (error) {
    return { statusCode: null, error: controller.signal.aborted ? reason(controller.signal.reason) : reason(error) };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", stopped);
  }
};
