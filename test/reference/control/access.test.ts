/** Who may call the control API, and who is refused. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { controlRoutes } from "../../../reference/control/routes/index.ts";
import { createReference } from "../../../reference/index.ts";
import { type Body, call, still } from "../caller.ts";
import { controlled, keyless } from "./controlled.ts";

const controlToken = "the-token-of-these-tests";

describe("who may call the control API", () => {
  test("nobody, where it is not switched on", async () => {
    await using api = still();
    const { status, body } = await api.call("GET", "/_control/clock");
    expect(status).toBe(404);
    expect(body.error.code).toBe("unknown_endpoint");
  });

  /** A request with the headers as they are given, Host included. */
  const ask = async (
    port: number,
    headers: Record<string, string>,
    path = "/_control/clock",
  ): Promise<number | undefined> => {
    const given = { Authorization: `Bearer ${controlToken}`, ...headers };
    const request = httpRequest({ port, host: "127.0.0.1", path, headers: given, setHost: !("Host" in headers) });
    request.end();
    const [response] = await once(request, "response");
    response.resume();
    return response.statusCode;
  };

  test.each<[string, (port: number) => Record<string, string>, number]>([
    ["the loopback", () => ({}), 200],
    ["localhost by name", (port) => ({ Host: `localhost:${port}` }), 200],
    ["IPv6", (port) => ({ Host: `[::1]:${port}` }), 200],
    ["a foreign Host (DNS rebinding)", () => ({ Host: "evil.example" }), 403],
    ["a foreign Host that only begins like one", (port) => ({ Host: `localhost.evil.example:${port}` }), 403],
    ["a foreign Host that looks like an address", () => ({ Host: "127.0.0.1.evil.example" }), 403],
    ["its own pages", (port) => ({ Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` }), 200],
    ["a foreign Origin", () => ({ Origin: "https://evil.example" }), 403],
    ["another port's Origin", (port) => ({ Origin: `http://127.0.0.1:${port + 1}` }), 403],
    ["the Origin of a file", () => ({ Origin: "null" }), 403],
  ])("decides by the Host and the Origin: %s", async (_what, headers, status) => {
    const reference = createReference({ control: true, controlToken });
    try {
      const { port } = await reference.listen();
      expect(await ask(port, headers(port))).toBe(status);
    } finally {
      await reference.close();
    }
  });

  test("an absolute address in the request does not stand in for the Host", async () => {
    const reference = createReference({ control: true, controlToken });
    try {
      const { port } = await reference.listen();
      expect(await ask(port, { Host: "evil.example" }, `http://127.0.0.1:${port}/_control/clock`)).toBe(403);
      expect(await ask(port, {}, "http://evil.example/_control/clock")).toBe(403);
    } finally {
      await reference.close();
    }
  });

  test("a peer from elsewhere is refused, whatever its headers say", async () => {
    await using api = controlled({ controlToken });
    const peer = (remoteAddress: string | undefined) =>
      ({ incoming: { socket: { remoteAddress }, headers: { host: "127.0.0.1" } } }) as never;
    const asked = (address: string | undefined) =>
      api.reference.fetch(
        new Request("http://127.0.0.1/_control/clock", { headers: { Authorization: `Bearer ${controlToken}` } }),
        peer(address),
      );
    for (const address of ["192.168.1.7", "203.0.113.9", "2001:db8::1", "::ffff:10.0.0.1", undefined]) {
      const response = await asked(address);
      expect(response.status).toBe(403);
      expect(((await response.json()) as Body).error.code).toBe("forbidden");
    }
    for (const address of ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"]) {
      expect((await asked(address)).status).toBe(200);
    }
  });

  test.each([
    ["no token", {}],
    ["another token", { Authorization: "Bearer the-token-of-other-tests" }],
    ["half of it", { Authorization: `Bearer ${controlToken.slice(0, 12)}` }],
    ["the token in another scheme", { Authorization: `Basic ${controlToken}` }],
    ["the API's key", { Authorization: "Bearer onsync_pk_test_ci" }],
  ])("a caller who shows %s is refused on every route", async (_what, headers) => {
    await using api = controlled({ controlToken, keys: ["onsync_pk_test_ci"] });
    for (const { method, path } of controlRoutes) {
      const answer = await api.call(method, `/_control${path}`, undefined, { token: null, headers });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "control_token_required" } } });
      expect(answer.text).not.toContain(controlToken);
    }
  });

  test.each<Record<string, string>>([
    { "User-Agent": "OnSync-Webhooks/1.0" },
    { "X-OnSync-Signature": "00" },
    { "X-OnSync-Event": "contact.created" },
    { "X-OnSync-Delivery": "evt_1" },
    { "X-OnSync-Attempt": "1" },
    { "X-Forwarded-For": "203.0.113.9" },
    { Forwarded: "for=203.0.113.9" },
    { "X-Real-IP": "203.0.113.9" },
  ])("a webhook delivery and what a proxy forwards are refused, whatever the token: %j", async (headers) => {
    await using api = controlled();
    for (const { method, path } of controlRoutes) {
      expect((await api.call(method, `/_control${path}`, undefined, { headers })).status).toBe(403);
    }
  });

  test("a request in process to another host's name is refused", async () => {
    await using api = controlled();
    expect((await api.reference.fetch(new Request("http://evil.example/_control/clock"))).status).toBe(403);
    expect((await call(api.reference, "GET", "/_control/clock", undefined, keyless)).status).toBe(200);
  });
});
