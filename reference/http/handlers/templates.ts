import { type Handlers, ok } from "./handler.ts";

export const templates: Handlers<"listTemplates"> = {
  listTemplates: ({ world, org, query }) => ok({ data: world.store.templates.list(org.id, query.platform) }),
};
