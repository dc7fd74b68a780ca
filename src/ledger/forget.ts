/** Takes a person out of a send ledger. What has been sent stays noted, so that nothing is sent twice for it. */
import type { ForgottenSends, Recipient } from "./recipient.ts";
import type { RedisLedgerOptions } from "./redis/options.ts";

export type ForgetOptions = {
  /** Only counts. */
  dryRun?: boolean | undefined;
  /** Of a Redis whose URL has none. */
  password?: string | undefined;
  log?: RedisLedgerOptions["log"];
};

/**
 * @param place the path of a file, or `redis://…` or `rediss://…`
 * @throws Error that says what is wrong with it, and never holds a password
 */
export async function forgetRecipient(
  place: string,
  recipient: Recipient,
  { dryRun = false, password, log }: ForgetOptions = {},
): Promise<ForgottenSends> {
  if (!/^rediss?:/i.test(place)) {
    const { forgetInFile } = await import("./sqlite/forget.ts");
    return forgetInFile(place, recipient, dryRun);
  }
  const [{ forgetInRedis }, { addPassword }] = await Promise.all([import("./redis/forget.ts"), import("./open.ts")]);
  return forgetInRedis(password === undefined ? place : addPassword(place, password), recipient, { dryRun, log });
}
