/** An access token (a JWT, RFC 9068 or what came before it), checked by `jose`, which is loaded with the first one. */
import type { Transport } from "../../../src/client/index.ts";
import { IssuerUnavailableError } from "./fetch-document.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import type { Claims, ResourceServer } from "./options.ts";

/** Signatures by a key pair alone: with a shared secret anybody who knows the public key could sign. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
/** Other kinds of JWT that an issuer signs are no leave to call. */
const types = /^(?:application\/)?(?:at\+)?jwt$/i;
/** Clocks differ. */
const clockToleranceSeconds = 30;

export type TokenCheck = { ok: true; claims: Claims } | { ok: false; why: string };

/** @returns checks a token @throws IssuerUnavailableError where the authorization server's keys cannot be had */
export function createTokenCheck({ issuer, audiences }: ResourceServer, transport: Transport, now: () => number) {
  const findKey = createIssuerKeys(transport, issuer, now);

  return async (token: string): Promise<TokenCheck> => {
    const { jwtVerify } = await import("jose");
    try {
      const { payload, protectedHeader } = await jwtVerify(token, findKey, {
        issuer,
        audience: audiences,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
        requiredClaims: ["exp", "sub"],
      });
      const { typ = "JWT" } = protectedHeader;
      if (!types.test(typ)) return { ok: false, why: `it is no access token but ${JSON.stringify(typ.slice(0, 40))}` };
      return { ok: true, claims: payload as Claims };
    } catch (error) {
      if (error instanceof IssuerUnavailableError) throw error;
      return { ok: false, why: describeProblem(error as { code?: string; claim?: string; reason?: string }) };
    }
  };
}

const problems: Record<string, string> = {
  ERR_JWT_EXPIRED: "it has expired",
  ERR_JOSE_ALG_NOT_ALLOWED: "its algorithm is not taken",
  ERR_JWKS_NO_MATCHING_KEY: "the authorization server has no such key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "its signature is wrong",
};

/** In words that tell whoever set the server up what to change, and nobody what is in it. */
function describeProblem({ code = "", claim, reason }: { code?: string; claim?: string; reason?: string }): string {
  if (code === "ERR_JWT_CLAIM_VALIDATION_FAILED" && reason === "missing") return `it has no ${claim}`;
  if (claim === "aud") return "it is meant for another server (aud)";
  if (claim === "iss") return "another authorization server issued it (iss)";
  if (claim === "nbf") return "it is not valid yet (nbf)";
  return problems[code] ?? "it is no JWT that can be checked";
}
