/** `events/subscribe` and `events/unsubscribe` as requests. */
import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { EventWebhooks, Refused } from "../events/webhooks.ts";
import { eventCodes } from "./event-codes.ts";

const Subscription = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).nullish(),
});
const SubscribeParams = Subscription.extend({
  delivery: z.looseObject({ mode: z.string().optional(), url: z.string().max(2048), secret: z.string().max(200) }),
  cursor: z.string().nullish(),
  maxAgeMs: z.number().nullish(),
  ttlMs: z.number().nullish(),
});
const UnsubscribeParams = Subscription.extend({ delivery: z.looseObject({ url: z.string().max(2048) }) });

function toProtocolError({ code, message, data }: Refused): ProtocolError {
  return new ProtocolError(code, message, data);
}

function refuseArguments(args: Record<string, unknown> | null | undefined, name: string): void {
  if (Object.keys(args ?? {}).length > 0)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${name} takes no arguments.`);
}

/** @param principal who calls; nobody may neither subscribe nor end what others have */
export function handleEventWebhooks(server: Server, webhooks: EventWebhooks, principal: string | undefined): void {
  const requirePrincipal = (): string => {
    if (principal !== undefined) return principal;
    throw new ProtocolError(
      eventCodes.forbidden,
      "Events are delivered to callers this server knows: its operator gives it a token, or sign-in.",
    );
  };
  server.setRequestHandler("events/subscribe", { params: SubscribeParams }, async (params) => {
    const caller = requirePrincipal();
    const { mode = "webhook", url, secret } = params.delivery;
    if (mode !== "webhook") {
      const data = { feature: "deliveryMode", value: mode };
      throw new ProtocolError(eventCodes.unsupported, "events/subscribe delivers by webhook alone.", data);
    }
    refuseArguments(params.arguments, params.name);
    const { name, cursor = null, maxAgeMs, ttlMs } = params;
    const answer = await webhooks.subscribe(caller, {
      name,
      url,
      secret,
      cursor,
      maxAgeMs: maxAgeMs ?? undefined,
      ttlMs,
    });
    if (!answer.ok) throw toProtocolError(answer);
    const { ok: _ok, ...subscribed } = answer;
    return subscribed;
  });
  server.setRequestHandler("events/unsubscribe", { params: UnsubscribeParams }, async (params) => {
    const caller = requirePrincipal();
    refuseArguments(params.arguments, params.name);
    const answer = await webhooks.unsubscribe(caller, params.name, params.delivery.url);
    if (!answer.ok) throw toProtocolError(answer);
    return {};
  });
}
