/** Faults that prove that the request was not processed. */
import { networkError, ownError } from "./answers.ts";
import type { Fault } from "./fault.ts";

/** What never left: the network says so before a byte of the request was written. */
export const neverLeft: readonly Fault[] = (
  [
    ["DNS fails", "ENOTFOUND", "getaddrinfo"],
    ["DNS is busy", "EAI_AGAIN", "getaddrinfo"],
    ["connection refused", "ECONNREFUSED", "connect"],
    ["connecting times out", "ETIMEDOUT", "connect"],
    ["no route", "EHOSTUNREACH", "connect"],
    ["undici's connect timeout", "UND_ERR_CONNECT_TIMEOUT", ""],
    ["TLS: certificate of another host", "ERR_TLS_CERT_ALTNAME_INVALID", ""],
    ["TLS: certificate expired", "CERT_HAS_EXPIRED", ""],
  ] as const
).map(([name, code, syscall]) => ({
  name,
  workMs: null,
  proof: true,
  plain: true,
  answer: (_own, random) => ({ reject: networkError(code, syscall, random.chance(0.5)) }),
}));

/** OnSync's own refusals: its envelope, a documented status and code. */
export const ownRefusals: readonly Fault[] = (
  [
    ["own 400", 400, "validation_failed", {}],
    ["own 401", 401, "invalid_api_key", {}],
    ["own 403", 403, "insufficient_scope", {}],
    ["own 404 unknown_endpoint", 404, "unknown_endpoint", {}],
    ["own 413", 413, "payload_too_large", {}],
    ["own 429, Retry-After 1", 429, "rate_limited", { "retry-after": "1" }],
    ["own 429, Retry-After 3600", 429, "rate_limited", { "retry-after": "3600" }],
    ["own 429 without Retry-After", 429, "rate_limited", {}],
  ] as const
).map(([name, status, code, headers]) => ({
  name,
  workMs: null,
  proof: true,
  plain: true,
  answer: () => ownError(status, code, `Refused: ${code}.`, headers),
}));

export const proofs: readonly Fault[] = [...neverLeft, ...ownRefusals];
