import { operations } from "../../src/operations/index.ts";
import { defineTool } from "./tool.ts";

export const getAccount = defineTool(operations.get_account, {
  present: ({ account, rateLimit }, format) => {
    const org = account && { id: format.id(account.org.id), name: format.name(String(account.org.name)) };
    const scopes = account?.scopes?.map((scope) => format.name(String(scope)));
    return {
      data: {
        account: account && { org, keyPrefix: format.id(account.keyPrefix), scopes },
        rateLimit,
      },
      text: [
        account
          ? `Org ${org?.name} (${org?.id}). Key ${format.id(account.keyPrefix)}... with scopes: ${scopes?.join(" ")}.`
          : "The API key works. This OnSync API has no account endpoint, so org and scopes are not known.",
        rateLimit && `Requests left this hour: ${rateLimit.remaining ?? "unknown"} of ${rateLimit.limit ?? "unknown"}.`,
      ]
        .filter(Boolean)
        .join(" "),
    };
  },
});
