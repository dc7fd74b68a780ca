import * as z from "zod";
import { Account } from "../api/account.ts";
import { defineOperation } from "./operation.ts";

export const getAccount = defineOperation({
  name: "get_account",
  title: "Get Account",
  description:
    "Returns the org behind the API key, what the key may do, and what is left of the hourly request budget.",
  input: z.strictObject({}),
  output: z.looseObject({
    account: Account.nullable().meta({
      description: "Null where this OnSync API has no account endpoint: the key works all the same.",
    }),
    rateLimit: z
      .looseObject({ limit: z.number().nullable(), remaining: z.number().nullable(), resetAt: z.string().nullable() })
      .nullable()
      .meta({ description: "Requests an hour for the whole org, as last reported." }),
  }),
  effect: "reads",
  scope: null,
  toolsets: ["account"],
  leftOut: { zapier: "the connection test" },
  run: async (onsync, _input, context) => {
    const { account } = await onsync.account.check(context);
    return { account, rateLimit: onsync.rateLimit };
  },
});
