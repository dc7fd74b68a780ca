import { type Handlers, ok } from "./handler.ts";

export const templates: Handlers<"listTemplates"> = {
  listTemplates: ({ context, org, query }) => ok({ data: context.store.templates.list(org.id, query.platform) }),
};
