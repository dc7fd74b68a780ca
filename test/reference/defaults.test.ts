/** What the reference does where it is told nothing. */
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
