/** By which codes a failed connection is told from a refusal: those that Node documents. */
import { expect, test } from "@jest/globals";
import { isNetworkError } from "../../../src/webhooks/sinks/sink.ts";

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateCodes = [
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "CERT_SIGNATURE_FAILURE",
  "CRL_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD",
  "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
  "OUT_OF_MEM",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
];

/** What connect, a socket's reads and writes, and the lookup of a name fail with. */
const systemCodes =
  `ECONNABORTED ECONNREFUSED ECONNRESET EADDRNOTAVAIL EHOSTDOWN EHOSTUNREACH ENETDOWN ENETRESET ENETUNREACH
  EPIPE EPROTO ETIMEDOUT ENOBUFS EMFILE ENFILE ENOTFOUND ETIMEOUT EAI_AGAIN EAI_FAIL EAI_MEMORY EAI_NODATA EAI_NONAME
  ERR_PROXY_TUNNEL`.split(/\s+/);

const failWith = (code: string): Error => Object.assign(new Error("connect"), { code });

test("every code of a certificate that Node refuses says that the connection failed", () => {
  expect(certificateCodes.filter((code) => !isNetworkError(failWith(code)))).toEqual([]);
});

test("so does every code of the network and of the lookup of a name", () => {
  expect(systemCodes.filter((code) => !isNetworkError(failWith(code)))).toEqual([]);
});

test("an error without a code, or with one of something else, does not", () => {
  const codes = ["ENOENT", "EACCES", "ERR_INVALID_ARG_TYPE", "CERT", "undefined", "null", ""];
  expect(codes.filter((code) => isNetworkError(failWith(code)))).toEqual([]);
  const others = [undefined, null, "ECONNRESET", new Error("ECONNRESET"), { code: ["EPIPE", "x"] }];
  expect(others.some((error) => isNetworkError(error))).toBe(false);
});
