/** A webhook receiver in process: what `deliver` is given, and answers to give back. */
import { createHmac } from "node:crypto";
import type { Deliver, DeliveryRequest } from "../../../reference/index.ts";
import { eventTypes } from "../../../src/api/index.ts";
import { type Body, start, still } from "../caller.ts";

export type Received = Omit<DeliveryRequest, "signal"> & { event: Body };

/** Answers each request with the next of `answers` (a status, or an error to reject with), and with 200 after them. */
export function receiver(...answers: (number | Error)[]) {
  const received: Received[] = [];
  const deliver: Deliver = async ({ url, headers, body }) => {
    received.push({ url, headers, body, event: JSON.parse(body) });
    const answer = answers.shift() ?? 200;
    if (answer instanceof Error) throw answer;
    return { status: answer };
  };
  return {
    deliver,
    received,
    answers,
    /** The types of the events, in the order in which they came. */
    types: (): string[] => received.map(({ event }) => event.type),
  };
}

export function hmac(body: string, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

export const url = "https://example.com/hooks/onsync";
export const sara = "+971500000000";

/** A still reference with one endpoint that asked for `events`. */
export async function withWebhook(hook: ReturnType<typeof receiver>, events: readonly string[] = eventTypes) {
  const api = still({ deliver: hook.deliver });
  const { body: webhook } = await api.call("POST", "/v1/webhooks", { url, events, secret: "shh" });
  const stats = async (): Promise<Body> => (await api.call("GET", "/v1/webhooks")).body.data[0]?.stats;
  return { ...api, webhook, stats };
}

export function secondsAfterStart(iso: string): number {
  return (Date.parse(iso) - start) / 1000;
}
