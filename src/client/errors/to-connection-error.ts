/** What a transport's rejection tells: above all, whether the request can have left this machine. */

import { isErrorLike, type Redact } from "../redact.ts";
import { ConnectionError } from "./call-errors.ts";

// Failures before a connection stood: nothing of the request was written.
const beforeConnection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  // There was no way through the proxy (`proxy.ts`): a tunnel that does not stand carries nothing.
  "PROXY_UNREACHABLE",
  "PROXY_NEEDS_UNDICI",
  "PROXY_REFUSED",
  "PROXY_TUNNEL_PASSWORD",
  "UND_ERR_PRX_CONN",
  "UND_ERR_PRX_TLS",
  // The server's certificate was refused, so that the handshake ended before any request.
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const connecting = new Set(["connect", "getaddrinfo"]);
// Node gives this one the code of any reset (ECONNRESET); only its text tells it apart.
const duringHandshake = /before secure TLS connection was established/;
// undici's, where its agent is used as it is (Node's fetch with NODE_USE_ENV_PROXY): its code is that of any abort.
const tunnelRefused = /^Proxy response \(\d+\) !== 200 when HTTP Tunneling/;

/** Whether the request certainly never left. An error with several inside (one an address) is certain only if each is. */
export function wasNeverSent(error: unknown, depth = 0): boolean {
  if (!isErrorLike(error) || depth > 5) return false;
  if (typeof error.syscall === "string" && connecting.has(error.syscall)) return true;
  if (duringHandshake.test(error.message) || tunnelRefused.test(error.message)) return true;
  if (Array.isArray(error.errors) && error.errors.length > 0)
    return error.errors.every((each) => wasNeverSent(each, depth + 1));
  if (typeof error.code === "string" && beforeConnection.has(error.code)) return true;
  return wasNeverSent(error.cause, depth + 1);
}

function findCode(error: unknown, depth = 0): string | undefined {
  if (!isErrorLike(error) || depth > 5) return undefined;
  if (typeof error.code === "string") return error.code;
  const inside: unknown = Array.isArray(error.errors) ? error.errors[0] : error.cause;
  return findCode(inside, depth + 1);
}

const checkProxy =
  "Check the proxy's address, user and password (HTTPS_PROXY, HTTP_PROXY), or name OnSync's host in NO_PROXY to go without it";
const proxyAdvice: Record<string, string> = {
  false: `${checkProxy}: nothing reached OnSync.`,
  unknown: `${checkProxy}.`,
};

const isAboutTls = /^(?:ERR_SSL_|ERR_TLS_|CERT_|HOSTNAME_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;
const checkTls = "Check the base URL: what answers there does not speak TLS, or has a certificate that is not trusted";
const tlsAdvice: Record<string, string> = {
  false: `${checkTls} (NODE_EXTRA_CA_CERTS names a file with an authority of your own). Nothing reached OnSync.`,
  unknown: `${checkTls}.`,
};

export function toConnectionError(request: string, thrown: unknown, redact: Redact): ConnectionError {
  const cause = redact.error(thrown);
  const sent = wasNeverSent(thrown) ? false : "unknown";
  // What is said of a proxy names it; else the code tells most.
  const why = (cause.name === "ProxyError" ? undefined : findCode(cause)) ?? cause.message;
  return new ConnectionError(
    sent === false
      ? `OnSync could not be reached for ${request} (${why})`
      : `The connection broke before OnSync's answer to ${request} came (${why})`,
    {
      sent,
      cause,
      ...(isAboutTls.test(findCode(cause) ?? "") && { advice: tlsAdvice[String(sent)] }),
      ...(cause.name === "ProxyError" && { advice: proxyAdvice[String(sent)] }),
      retryable: !/^PROXY_(?:NEEDS_UNDICI|.*PASSWORD)$/.test(findCode(cause) ?? ""),
    },
  );
}
