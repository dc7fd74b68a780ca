import { describe, expect, test } from "@jest/globals";
import { toConnectionError, wasNeverSent } from "../../../src/client/errors/to-connection-error.ts";
import { createRedact } from "../../../src/client/redact.ts";
import { apiKey, networkError } from "../../../testing/scripted.ts";

function error(code: string, more: object = {}) {
  return Object.assign(new Error(`${code} happened`), { code, ...more });
}

function wrapped(cause: unknown) {
  return new TypeError("fetch failed", { cause });
}

function several(...errors: Error[]) {
  return new AggregateError(errors, "all addresses failed");
}

describe("wasNeverSent", () => {
  test.each([
    ["a refused connection", error("ECONNREFUSED", { syscall: "connect" })],
    ["a refused connection without a syscall", error("ECONNREFUSED")],
    ["a name that does not resolve", error("ENOTFOUND", { syscall: "getaddrinfo" })],
    ["a resolver that is down", error("EAI_AGAIN")],
    ["an unreachable network", error("ENETUNREACH", { syscall: "connect" })],
    ["a connection that timed out while it was made", error("ETIMEDOUT", { syscall: "connect" })],
    ["undici's connect timeout", error("UND_ERR_CONNECT_TIMEOUT")],
    ["a certificate that is refused", error("DEPTH_ZERO_SELF_SIGNED_CERT")],
    ["a certificate of another host", error("ERR_TLS_CERT_ALTNAME_INVALID")],
    [
      "a handshake cut off",
      error("ECONNRESET", {
        message: "Client network socket disconnected before secure TLS connection was established",
      }),
    ],
    ...["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "CERT_REJECTED", "CERT_REVOKED", "CERT_UNTRUSTED"].map(
      (code) => [`a certificate with ${code}`, error(code)] as const,
    ),
    ...["HOSTNAME_MISMATCH", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"].map(
      (code) => [`a certificate with ${code}`, error(code)] as const,
    ),
    ["a certificate of an authority unknown", error("UNABLE_TO_GET_ISSUER_CERT")],
    ["a certificate of an authority unknown here", error("UNABLE_TO_GET_ISSUER_CERT_LOCALLY")],
    ["a proxy out of reach", error("PROXY_UNREACHABLE")],
    ["a proxy that needs another package", error("PROXY_NEEDS_UNDICI")],
    ["a proxy that refuses", error("PROXY_REFUSED")],
    ["a proxy that wants another password for a tunnel", error("PROXY_TUNNEL_PASSWORD")],
    [
      "undici's own refused tunnel",
      error("UND_ERR_ABORTED", { message: "Proxy response (407) !== 200 when HTTP Tunneling" }),
    ],
    ["undici's own broken tunnel", error("UND_ERR_PRX_CONN")],
    ["undici's own proxy with a certificate of another", error("UND_ERR_PRX_TLS")],
    ["fetch's wrapping", networkError("ECONNREFUSED", "connect")],
    ["every address refused", several(error("ECONNREFUSED"), error("ENETUNREACH", { syscall: "connect" }))],
    ["every address refused, wrapped", wrapped(several(error("ECONNREFUSED"), error("ECONNREFUSED")))],
  ])("is certain of %s", (_what, thrown) => {
    expect(wasNeverSent(thrown)).toBe(true);
  });

  test.each([
    ["a reset", error("ECONNRESET", { syscall: "read" })],
    ["a broken pipe", error("EPIPE", { syscall: "write" })],
    ["the other side closing", error("UND_ERR_SOCKET")],
    ["a connection that timed out later", error("ETIMEDOUT", { syscall: "read" })],
    ["one address of two failing late", several(error("ECONNREFUSED"), error("ECONNRESET", { syscall: "read" }))],
    ["a proxy that had the request and wants a password", error("PROXY_PASSWORD")],
    ["undici's abort", error("UND_ERR_ABORTED")],
    ["an abort", new DOMException("aborted", "AbortError")],
    ["an error without a code", new Error("socket hang up")],
    ["something that is no error", "ECONNREFUSED"],
    ["nothing", undefined],
  ])("is not certain of %s", (_what, thrown) => {
    expect(wasNeverSent(thrown)).toBe(false);
  });

  test("stops at an error that is its own cause, or one of its own", () => {
    const circular = new Error("round");
    circular.cause = circular;
    expect(wasNeverSent(circular)).toBe(false);
    const among = several();
    among.errors.push(among);
    expect(wasNeverSent(among)).toBe(false);
  });

  test("looks through five causes, and no further", () => {
    const wrapTimes = (times: number): unknown => (times === 0 ? error("ECONNREFUSED") : wrapped(wrapTimes(times - 1)));
    expect([wasNeverSent(wrapTimes(5)), wasNeverSent(wrapTimes(6))]).toEqual([true, false]);
  });
});

describe("toConnectionError", () => {
  const tell = (thrown: unknown) => toConnectionError("GET /me", thrown, createRedact(apiKey));

  test.each([
    ["its own code", error("EPIPE"), "EPIPE"],
    ["the code of its cause", networkError("ECONNRESET"), "ECONNRESET"],
    ["the code of the first of several", several(error("ETIMEDOUT"), error("EPIPE")), "ETIMEDOUT"],
    ["its message where there is no code", new Error("socket hang up"), "socket hang up"],
    ["its message where a code is no text", Object.assign(new Error("broken"), { code: 7 }), "broken"],
    ["itself where it is a text", "broken", "broken"],
  ])("says why by %s", (_what, thrown, why) => {
    expect(tell(thrown)).toMatchObject({
      message: `The connection broke before OnSync's answer to GET /me came (${why})`,
      retryable: true,
      advice: "Try again: the connection broke before OnSync's answer was here.",
    });
  });

  test.each([
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS names a file with an authority of your own). Nothing reached"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "does not speak TLS, or has a certificate that is not trusted."],
  ])("sends who meets %s to the base URL and its certificate", (code, advice) => {
    expect(tell(wrapped(error(code))).advice).toContain("Check the base URL: what answers there");
    expect(tell(wrapped(error(code))).advice).toContain(advice);
  });

  test.each([
    ["PROXY_UNREACHABLE", true, ": nothing reached OnSync."],
    ["PROXY_PASSWORD", false, "to go without it."],
    ["PROXY_TUNNEL_PASSWORD", false, ": nothing reached OnSync."],
    ["PROXY_NEEDS_UNDICI", false, ": nothing reached OnSync."],
  ])("sends who meets %s to the proxy, in the proxy's own words (retryable: %s)", (code, retryable, advice) => {
    const told = tell(error(code, { name: "ProxyError" }));
    expect(told).toMatchObject({ retryable, message: expect.stringContaining(`(${code} happened)`) });
    expect(told.advice).toMatch(/^Check the proxy's address, user and password/);
    expect(told.advice).toContain(advice);
  });
});
