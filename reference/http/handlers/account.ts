import { toIso } from "../../clock.ts";
import { type Handlers, ok } from "./handler.ts";

export const account: Handlers<"getAccount"> = {
  getAccount: ({ org, key, budget }) =>
    ok({
      org: { id: org.id, name: org.name },
      keyPrefix: key.prefix,
      scopes: key.scopes,
      rateLimit: {
        limit: org.rateLimit,
        remaining: budget.remaining,
        resetAt: toIso(budget.bucket.at + budget.fullInMs),
      },
    }),
};
