import { registerWebhook, removeWebhook, toListedWebhook } from "../../inbox/webhooks.ts";
import { created, type Handlers, ok } from "./handler.ts";

export const webhooks: Handlers<"createWebhook" | "listWebhooks" | "deleteWebhook"> = {
  createWebhook: ({ context, org, body }) => created(registerWebhook(context, org.id, body)),

  listWebhooks: ({ context, org }) => ok({ data: context.store.webhooks.byOrg(org.id).map(toListedWebhook) }),

  deleteWebhook: ({ context, org, params }) => ok(removeWebhook(context, org.id, params.id)),
};
