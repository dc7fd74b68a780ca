import { describe, expect, test } from "@jest/globals";
import { wasNeverSent } from "../../../src/client/errors/to-connection-error.ts";
import { networkError } from "../../../testing/scripted.ts";

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
    ["a proxy out of reach", error("PROXY_UNREACHABLE")],
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

  test("stops at an error that is its own cause", () => {
    const circular = new Error("round");
    circular.cause = circular;
    expect(wasNeverSent(circular)).toBe(false);
  });
});
