/** One handler an endpoint, by the names of the endpoint table. */
import type { EndpointName } from "../../../src/api/index.ts";
import { account } from "./account.ts";
import { contacts } from "./contacts.ts";
import { conversations } from "./conversations.ts";
import type { Handlers } from "./handler.ts";
import { messaging } from "./messaging.ts";
import { templates } from "./templates.ts";
import { webhooks } from "./webhooks.ts";

export const handlers: Handlers<EndpointName> = {
  ...contacts,
  ...messaging,
  ...conversations,
  ...webhooks,
  ...account,
  ...templates,
};
