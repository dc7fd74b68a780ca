/**
 * Confirmation tokens. A token belongs to exactly one tool, recipient and text, lasts ten minutes, and sends once. Nothing
 * is stored for a preview: the token carries its own proof. That it was used is noted in the send ledger, which replicas
 * share.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SendLedger } from "../../src/client/index.ts";
import { canonicalJson } from "../../src/client/wire/canonical-json.ts";

/** The argument that gives a token back. */
export const confirmArgument = "confirmToken";

const lifetimeMs = 10 * 60_000;

/** What a token that was given back is worth; `nonce` is what {@link Confirmations} spends. */
export type TokenCheck = { ok: true; nonce: string } | { ok: false; why: "unknown" | "expired" | "used" };

/** @param secret shared by replicas that are to take each other's tokens */
export function createConfirmations(now: () => number, ledger: SendLedger, secret?: string) {
  // Made when the first token is: a server that asks for no confirmation loads no cryptography to start.
  let key: Buffer | undefined;
  const getKey = (): Buffer => {
    key ??= secret === undefined ? randomBytes(32) : Buffer.from(secret);
    return key;
  };
  const sign = (nonce: string, expires: number, boundTo: unknown) =>
    createHmac("sha256", getKey())
      .update(canonicalJson(["confirm", nonce, expires, boundTo]))
      .digest("base64url")
      .slice(0, 22);

  return {
    /** @param boundTo all that the token is good for, as a value of JSON */
    issue(boundTo: unknown): { token: string; expiresAt: string } {
      const nonce = randomBytes(9).toString("base64url");
      const expires = now() + lifetimeMs;
      return {
        token: `${nonce}.${expires.toString(36)}.${sign(nonce, expires, boundTo)}`,
        expiresAt: new Date(expires).toISOString(),
      };
    },

    /**
     * Whether a token is good for this, without spending it: a person may have to be asked first.
     *
     * @throws Error where the ledger cannot be asked
     */
    async check(token: string, boundTo: unknown): Promise<TokenCheck> {
      const [nonce = "", expiresText = "", signatureText = "", ...more] = token.split(".");
      const expires = Number.parseInt(expiresText, 36);
      const signature = Buffer.from(signatureText);
      const expected = Buffer.from(sign(nonce, expires, boundTo));
      if (more.length > 0 || signature.length !== expected.length || !timingSafeEqual(signature, expected))
        return { ok: false, why: "unknown" };
      if (now() >= expires) return { ok: false, why: "expired" };
      return (await ledger.note(nameNote(nonce))) === null ? { ok: true, nonce } : { ok: false, why: "used" };
    },

    /**
     * Spends a token that was checked: of two calls at the same time one gets it.
     *
     * @throws Error where the ledger cannot be asked
     */
    spend: (nonce: string): Promise<boolean> =>
      // Kept a little longer than the token lasts: replicas' clocks differ.
      ledger.setNote(nameNote(nonce), "used", { ttlMs: 2 * lifetimeMs, ifAbsent: true }),
  };
}

function nameNote(nonce: string): string {
  return `confirmation used ${nonce}`;
}

export type Confirmations = ReturnType<typeof createConfirmations>;
