/** Whose key a client has, as OnSync tells it, asked again from time to time: a key may be revoked or given other scopes. */
import type { Account } from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";

/** How long an answer counts, in milliseconds: a request of the org's hourly budget each. */
const maxAgeMs = 5 * 60_000;

/**
 * @returns tells the account; `null` where OnSync does not (no `GET /me`). Calls at the same time ask once.
 * @throws AuthenticationError where the key is not taken, and what else the client throws
 */
export function createAccountCheck(onsync: Pick<OnSync, "account">, now: () => number): () => Promise<Account | null> {
  let last: { account: Promise<Account | null>; at: number } | undefined;
  return () => {
    if (last && now() - last.at < maxAgeMs) return last.account;
    const asked = { account: onsync.account.check().then(({ account }) => account), at: now() };
    last = asked;
    // A failure does not count: the next call asks again.
    asked.account.catch(() => {
      if (last === asked) last = undefined;
    });
    return asked.account;
  };
}
