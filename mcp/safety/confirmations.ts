/**
 * Confirmation of sends. A first call gives a preview and a token; the token belongs to exactly that tool, recipient and
 * text, lasts ten minutes, and sends once. Nothing is stored for a preview: the token carries its own proof. That it was used
 * is noted in the send ledger, which replicas share.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SendLedger } from "../../src/client/index.ts";

/** The argument that gives a token back. */
export const confirmArgument = "confirmToken";

const lifetimeMs = 10 * 60_000;

export type Redemption = { ok: true; nonce: string } | { ok: false; why: "unknown" | "expired" | "used" };

/** @param secret shared by replicas that are to take each other's tokens */
export function createConfirmations(now: () => number, ledger: SendLedger, secret?: string) {
  // Made when a token is: a server that asks for no confirmation loads no cryptography to start.
  let made: Buffer | undefined;
  const key = (): string | Buffer => {
    made ??= secret === undefined ? randomBytes(32) : Buffer.from(secret);
    return made;
  };
  const seal = (nonce: string, expires: number, what: unknown) =>
    createHmac("sha256", key())
      .update(JSON.stringify(["confirm", nonce, expires, what]))
      .digest("base64url")
      .slice(0, 22);

  return {
    /** @param what all that the token is bound to, as JSON */
    issue(what: unknown): { token: string; expiresAt: string } {
      const nonce = randomBytes(9).toString("base64url");
      const expires = now() + lifetimeMs;
      return {
        token: `${nonce}.${expires.toString(36)}.${seal(nonce, expires, what)}`,
        expiresAt: new Date(expires).toISOString(),
      };
    },

    /** Takes a token, once: of two calls at the same time one gets it. @throws Error where the ledger cannot be asked */
    async redeem(token: string, what: unknown): Promise<Redemption> {
      const [nonce = "", lasts = "", seen = "", ...more] = token.split(".");
      const expires = Number.parseInt(lasts, 36);
      const given = Buffer.from(seen);
      const expected = Buffer.from(seal(nonce, expires, what));
      if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
        return { ok: false, why: "unknown" };
      if (now() >= expires) return { ok: false, why: "expired" };
      // Kept a little longer than the token lasts: replicas' clocks differ.
      const options = { ttlMs: 2 * lifetimeMs, ifAbsent: true };
      const isFirst = await ledger.setNote(`confirmation used ${nonce}`, "used", options);
      return isFirst ? { ok: true, nonce } : { ok: false, why: "used" };
    },
  };
}
