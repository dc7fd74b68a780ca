/** The account behind the key. */
import type { Account, Envelope } from "../../api/index.ts";
import { executeCall } from "../call.ts";
import type { ClientContext } from "../context.ts";
import { isErrorNamed } from "../errors/guards.ts";
import type { CallOptions } from "../options.ts";

/** `account` is `null` where this OnSync has no `GET /me`. */
export type AccountCheck = { account: (Account & Envelope) | null; via: "me" | "webhooks" };

export type AccountCalls = {
  /** Extension. Org, key prefix, scopes, rate limit. */
  get(options?: CallOptions): Promise<Account & Envelope>;
  /**
   * Proves the key: by `GET /me`, or without that extension by `GET /webhooks`, where 200 and 403 both prove it.
   *
   * @throws AuthenticationError when the key is wrong
   */
  check(options?: CallOptions): Promise<AccountCheck>;
};

export function createAccountCalls(context: ClientContext): AccountCalls {
  const get: AccountCalls["get"] = async (options) => (await executeCall(context, "getAccount", {}, options)).body;
  return {
    get,
    async check(options) {
      try {
        return { account: await get(options), via: "me" };
      } catch (error) {
        if (!isErrorNamed(error, "ExtensionUnavailableError")) throw error;
      }
      try {
        await executeCall(context, "listWebhooks", {}, options);
      } catch (error) {
        // A 403 without a code of the API's own came from something in front of it and proves nothing.
        if (!isErrorNamed(error, "PermissionError") || error.code === "unknown") throw error;
      }
      return { account: null, via: "webhooks" };
    },
  };
}
