/** Webhook endpoints and their delivery stats. */
import * as z from "zod";
import { EventType, eventTypes } from "./events.ts";
import { atMost, someText, Timestamp, WebhookId } from "./fields.ts";

/** http or https, a host, no user name and no password. */
const urlPattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\]+([/?#]\\S*)?$";
const wholeUrl = new RegExp(urlPattern, "u");

/** The ports that HTTP clients refuse to call, because other protocols listen there (WHATWG Fetch, "bad port"), and 0. */
const blockedPorts = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
  ...[110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530],
  ...[531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190],
  ...[5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/** Why no event could be delivered to the address; `undefined` where one may. */
function findUrlProblem(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && (url.username !== "" || url.password !== "")) {
    return "must not carry a user name or a password: verify deliveries by their signature instead";
  }
  if (!url || !wholeUrl.test(value)) return "must be an https:// or http:// address";
  if (url.port !== "" && blockedPorts.has(Number(url.port))) {
    return `must not have port ${url.port}: HTTP clients do not call it`;
  }
  return undefined;
}

export const WebhookUrl = atMost(2048)
  .superRefine((value, context) => {
    const message = findUrlProblem(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .meta({
    pattern: urlPattern,
    title: "URL",
    description: "Where OnSync posts the events.",
    examples: ["https://example.com/hooks/onsync"],
  });

export const WebhookEvents = z
  .array(EventType)
  .min(1, { error: "name at least one event" })
  .overwrite((events) => [...new Set(events)])
  .meta({
    title: "Events",
    description: `The events to send: ${eventTypes.join(", ")}.`,
    examples: [["message.created"]],
  });

export const WebhookSecret = someText(256).meta({
  title: "Secret",
  description: "Key of the signature. Made by OnSync when you give none.",
});

/** The body of `POST /webhooks`. */
export const WebhookInput = z
  .strictObject({ url: WebhookUrl, events: WebhookEvents, secret: WebhookSecret.optional() })
  .meta({ id: "WebhookInput" });
export type WebhookInput = z.input<typeof WebhookInput>;

export const WebhookStatus = z.enum(["active", "paused"]).meta({ title: "Status", description: "active or paused." });

const webhookFields = {
  id: WebhookId,
  url: z.string().meta({ title: "URL", examples: ["https://example.com/hooks/onsync"] }),
  events: z.array(z.string()).meta({ title: "Events", examples: [["message.created"]] }),
  status: WebhookStatus.optional(),
  createdAt: Timestamp.optional(),
};

/** How the deliveries to an endpoint went. */
export const WebhookStats = z
  .looseObject({
    delivered: z.number().int().meta({ description: "Deliveries the endpoint acknowledged." }),
    failed: z.number().int().meta({ description: "Deliveries given up after the fourth attempt." }),
    pending: z.number().int().meta({ description: "Deliveries waiting for an attempt." }),
    retried: z.number().int().meta({ description: "Attempts after a first one." }),
    lastDeliveryAt: Timestamp.nullable(),
    lastStatusCode: z.number().int().nullable(),
  })
  .meta({ id: "WebhookStats" });
export type WebhookStats = z.infer<typeof WebhookStats>;

/** An endpoint as `GET /webhooks` lists it: never with its secret. */
export const Webhook = z.looseObject({ ...webhookFields, stats: WebhookStats.optional() }).meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;

/** An endpoint as `POST /webhooks` answers it: with the secret, this once. */
export const CreatedWebhook = z
  .looseObject({ ...webhookFields, secret: z.string().optional() })
  .meta({ id: "CreatedWebhook" });
export type CreatedWebhook = z.infer<typeof CreatedWebhook>;

export const DeletedWebhook = z.looseObject({ id: WebhookId, deleted: z.boolean() }).meta({ id: "DeletedWebhook" });
export type DeletedWebhook = z.infer<typeof DeletedWebhook>;
