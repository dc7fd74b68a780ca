/** Webhook endpoints in the console: registered, changed, tried, removed; and what was delivered to them, replayed at will. */
import * as z from "zod";
import { EventType, WebhookEvents, WebhookId, WebhookInput, WebhookSecret, WebhookUrl } from "../../src/api/index.ts";
import { type JsonRoute, readPathId } from "../control/json-routes.ts";
import { recordRedelivery } from "../deliveries/record.ts";
import { validate } from "../http/input.ts";
import { changeWebhook, registerWebhook, removeWebhook, rotateSecret, sendTestEvent } from "../inbox/webhooks.ts";
import { applyChange, type OrgSubject, parseQuery, RowLimit } from "./subject.ts";
import * as views from "./views.ts";

const WebhookChange = z.strictObject({ url: WebhookUrl.optional(), events: WebhookEvents.optional() });
const RotateInput = z.strictObject({ secret: WebhookSecret.optional() });
const TestInput = z.strictObject({ type: EventType });
const DeliveriesQuery = z.strictObject({
  webhookId: WebhookId.optional(),
  status: z.enum(["pending", "delivered", "failed"]).optional(),
  eventType: EventType.optional(),
  limit: RowLimit.default(100),
});
const ReplayInput = z.strictObject({ ids: z.array(z.string().min(1).max(200)).min(1).max(500) });

/** Those of this org that are over and whose endpoint is still there begin anew, oldest first; the others are left as they are. */
function replayDeliveries({ context, org }: OrgSubject, ids: readonly string[]): number {
  const { store } = context;
  const found = [...new Set(ids)]
    .flatMap((id) => store.deliveries.byId(id) ?? [])
    .filter(({ orgId, status }) => orgId === org.id && status !== "pending")
    .filter(({ webhookId }) => store.webhooks.byId(webhookId) !== undefined)
    .sort((one, other) => one.seq - other.seq);
  for (const delivery of found) recordRedelivery(context, delivery);
  return found.length;
}

export const webhookRoutes: readonly JsonRoute<OrgSubject>[] = [
  { method: "GET", path: "/webhooks", run: ({ context, org }) => ({ data: views.listWebhooks(context, org.id) }) },
  {
    method: "POST",
    path: "/webhooks",
    creates: true,
    takesBody: true,
    run: (subject, { body }) => {
      const webhook = validate(WebhookInput, body);
      return applyChange(subject, () => registerWebhook(subject.context, subject.org.id, webhook));
    },
  },
  {
    method: "PATCH",
    path: "/webhooks/{id}",
    takesBody: true,
    run: (subject, input) => {
      const change = validate(WebhookChange, input.body);
      return applyChange(subject, () => changeWebhook(subject.context, subject.org.id, readPathId(input), change));
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/{id}",
    run: (subject, input) =>
      applyChange(subject, () => removeWebhook(subject.context, subject.org.id, readPathId(input))),
  },
  {
    method: "POST",
    path: "/webhooks/{id}/rotate",
    takesBody: true,
    run: (subject, input) => {
      const { secret } = validate(RotateInput, input.body);
      return applyChange(subject, () => rotateSecret(subject.context, subject.org.id, readPathId(input), secret));
    },
  },
  {
    method: "POST",
    path: "/webhooks/{id}/test",
    creates: true,
    takesBody: true,
    run: (subject, input) => {
      const { type } = validate(TestInput, input.body);
      return applyChange(subject, () => sendTestEvent(subject.context, subject.org.id, readPathId(input), type));
    },
  },
  {
    method: "GET",
    path: "/deliveries",
    run: ({ context, org }, input) => ({
      data: views.listDeliveries(context, { orgId: org.id, ...parseQuery(DeliveriesQuery, input.query) }),
    }),
  },
  {
    method: "POST",
    path: "/replays",
    takesBody: true,
    run: (subject, { body }) => {
      const { ids } = validate(ReplayInput, body);
      return { replayed: applyChange(subject, () => replayDeliveries(subject, ids)) };
    },
  },
  {
    method: "GET",
    path: "/deliveries/{id}",
    run: ({ context, org }, input) => views.readDelivery(context, org.id, readPathId(input)),
  },
];
