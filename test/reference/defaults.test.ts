/** What the reference does where it is told nothing. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { createReference } from "../../reference/index.ts";
import { scopes } from "../../src/api/index.ts";
import { call, still } from "./caller.ts";

test("serves the extensions to a key with all scopes, 1,000 requests an hour, and no control API; it logs nothing", async () => {
  const printed = [
    jest.spyOn(console, "log").mockImplementation(() => {}),
    jest.spyOn(process.stdout, "write"),
    jest.spyOn(process.stderr, "write"),
  ];
  const reference = createReference();
  const me = await call(reference, "GET", "/v1/me");
  expect(me.body).toMatchObject({ scopes: [...scopes], rateLimit: { limit: 1000, remaining: 999 } });
  expect((await call(reference, "GET", "/_control/clock", undefined, { key: null })).status).toBe(404);
  expect(await reference.control.clock()).toMatchObject({ frozen: false });
  const { key } = await reference.control.createKey();
  expect((await call(reference, "GET", "/v1/me", undefined, { key })).body).toMatchObject({
    org: { id: reference.orgId },
    scopes: [...scopes],
  });
  await reference.close();
  for (const spy of printed) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});

test("each reference makes a control token of its own, and takes one of 16 characters or more", async () => {
  await using one = still();
  await using another = still();
  expect(one.reference.controlToken).toMatch(/^onsync_control_[0-9A-Za-z]{32}$/);
  expect(another.reference.controlToken).not.toBe(one.reference.controlToken);
  await using given = still({ control: true, controlToken: "sixteen-letters-" });
  expect((await given.call("GET", "/_control/clock", undefined, { token: "sixteen-letters-" })).status).toBe(200);
  expect(() => createReference({ controlToken: "fifteen-letters" })).toThrow("at least 16 characters");
});

test("on all addresses it is called by addresses, names without a dot, and the names it is given", async () => {
  const reference = createReference({ allowedHosts: ["onsync.example"] });
  const { port } = await reference.listen(0, "0.0.0.0");
  const statusAs = async (host: string) => {
    const asking = request({
      port,
      host: "127.0.0.1",
      path: "/v1/openapi.json",
      headers: { Host: host },
      agent: false,
    });
    const [response] = await once(asking.end(), "response");
    response.resume();
    return [host, response.statusCode];
  };
  for (const host of ["127.0.0.1", "10.0.0.7", "sandbox", "onsync.example"])
    expect(await statusAs(host)).toEqual([host, 200]);
  for (const host of ["other.example", "onsync.example.evil.example"])
    expect(await statusAs(host)).toEqual([host, 403]);
  await reference.close();
});

test("a key lasts longer than the run, unless it is a temporary one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onsync-keys-"));
  const data = join(folder, "onsync.db");
  for (const temporaryKeys of [undefined, true]) {
    const first = createReference({ data, ...(temporaryKeys && { temporaryKeys }) });
    const { key } = first;
    await first.close();
    const next = createReference({ data });
    expect((await call(next, "GET", "/v1/me", undefined, { key })).status).toBe(temporaryKeys ? 401 : 200);
    await next.close();
  }
  rmSync(folder, { recursive: true });
});

test("the deliveries are listed up to a thousand", async () => {
  await using api = still({ rateLimit: 10_000, deliver: async () => ({ status: 200 }) });
  await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
  for (let count = 0; count < 1001; count++) await api.call("POST", "/v1/contacts", { email: `${count}@example.com` });
  await api.reference.settled();
  expect(await api.reference.control.deliveries()).toHaveLength(1000);
}, 30_000);

test("a delivery says when it is tried next, and only while it waits for that", async () => {
  let status = 500;
  await using api = still({ deliver: async () => ({ status }) });
  await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
  await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
  await api.reference.settled();
  expect(await api.reference.control.deliveries()).toMatchObject([
    { status: "pending", nextAttemptAt: expect.any(String) },
  ]);
  status = 200;
  await api.later(30_000);
  const [delivered] = await api.reference.control.deliveries();
  expect(delivered?.status).toBe("delivered");
  expect(delivered).not.toHaveProperty("nextAttemptAt");
});

test("closing lets a request go on for two seconds, and then cuts it off", async () => {
  const reached = Promise.withResolvers<void>();
  const reference = createReference({
    sleep: () => {
      reached.resolve();
      return new Promise<void>(() => {});
    },
  });
  await reference.control.faults.add({ latencyMs: 60_000 });
  const { url, close } = await reference.listen();
  const held = fetch(`${url}/me`, { headers: { Authorization: `Bearer ${reference.key}` } }).catch(() => "cut off");
  await reached.promise;
  const cut = jest.spyOn(globalThis, "setTimeout");
  const closed = close();
  const [[cutOff, afterMs] = []] = cut.mock.calls;
  cut.mockRestore();
  expect(afterMs).toBe(2000);
  (cutOff as () => void)();
  expect(await held).toBe("cut off");
  await closed;
  await reference.close();
});
