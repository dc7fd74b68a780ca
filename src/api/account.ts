/** The account behind a key (extension `GET /me`). */
import * as z from "zod";
import { Timestamp } from "./fields.ts";
import type * as types from "./types/account.ts";

/** The scopes a key may carry (docs/contract.md, "Everywhere"). */
export const scopes = [
  "read:contacts",
  "write:contacts",
  "read:messages",
  "write:messages",
  "read:webhooks",
  "write:webhooks",
] as const;
export const Scope = z.enum(scopes).meta({ title: "Scope", description: `One of ${scopes.join(", ")}.` });
export type Scope = z.infer<typeof Scope>;

export const Account = z
  .looseObject({
    org: z.looseObject({
      id: z.string().meta({ examples: ["org_123"] }),
      name: z.string().meta({ examples: ["Expo Trading LLC"] }),
    }),
    keyPrefix: z
      .string()
      .meta({ description: "The key's first characters, to tell keys apart.", examples: ["onsync_pk_live_8fQ2"] }),
    scopes: z
      .array(z.string())
      .meta({ description: "What the key may do.", examples: [["read:contacts", "write:messages"]] }),
    rateLimit: z
      .looseObject({
        limit: z.number().int().meta({ description: "Requests an hour, shared by all keys of the org." }),
        remaining: z.number().int(),
        resetAt: Timestamp.meta({ description: "When the budget is full again if nothing more is spent." }),
      })
      .optional(),
  })
  .meta({ id: "Account" });
export type Account = types.Account;
