import { describe, expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../../src/api/index.ts";
import { signPayload } from "../../../src/api/signature.ts";
import { createReceiver } from "../../../src/webhooks/receiver/receiver.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent } from "../../../testing/events.ts";
import { body, delivery, openReceiver, secret } from "./harness.ts";

describe("the receiver", () => {
  test("acknowledges an event that is kept, and the same one again without keeping it again", async () => {
    await using at = openReceiver();
    for (const _ of [1, 2]) {
      const response = await at.receiver.fetch(delivery());
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ received: "evt_1" });
    }
    expect(await at.store.list({ limit: 10 })).toMatchObject([{ id: "evt_1", body }]);
  });

  const large = new Uint8Array(maxBodyBytes + 1).fill(32);
  test.each<[string, Request, number, string]>([
    ["a forged body", delivery(body, { "x-onsync-signature": signPayload("other", secret) }), 401, "does not verify"],
    ["no signature", delivery(body, { "x-onsync-signature": "" }), 401, "header is missing"],
    ["another secret's signature", delivery(body, { "x-onsync-signature": signPayload(body, "x") }), 401, "verify"],
    [
      "a truncated body",
      delivery(body.slice(0, -5), { "x-onsync-signature": signPayload(body, secret) }),
      401,
      "verify",
    ],
    ["signed text that is no JSON", delivery("hello"), 400, "is not JSON"],
    ["signed JSON that is no event", delivery('{"id":"evt_1"}'), 400, "has no type"],
    ["nothing", delivery(""), 400, "is not JSON"],
    ["more than a delivery has", delivery(large), 413, "larger than 1048576 bytes"],
    ["another content type", delivery(body, { "content-type": "text/plain" }), 415, "Content-Type: application/json"],
    ["a form", delivery(body, { "content-type": "application/x-www-form-urlencoded" }), 415, "JSON"],
    ["another method", delivery("", {}, "GET"), 405, "use POST"],
  ])("refuses %s and keeps nothing", async (_what, request, status, sentence) => {
    await using at = openReceiver();
    const response = await at.receiver.fetch(request);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toContain(sentence);
    expect(await at.store.stats()).toMatchObject({ accepted: 0 });
  });

  test("one org's id silences no other's; another body under an org's own id is answered 409 and logged", async () => {
    const logged: unknown[] = [];
    await using at = openReceiver({ log: (...entry) => logged.push(entry) });
    const event = messageEvent("evt_1");
    const other = JSON.stringify({ ...event, orgId: "org_other", data: { ...event.data, content: "Not Sara." } });
    const changed = JSON.stringify({ ...event, data: { ...event.data, content: "Changed." } });
    const status = async (text: string) => (await at.receiver.fetch(delivery(text))).status;
    expect([await status(body), await status(other), await status(body), await status(other)]).toEqual([
      200, 200, 200, 200,
    ]);
    logged.length = 0;
    const refused = await at.receiver.fetch(delivery(changed));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual({ error: expect.stringContaining("another event of the same org") });
    expect(logged).toEqual([
      [
        "error",
        "event not kept: its org has another event of this id",
        { event: "evt_1", type: "message.created", org: "org_123" },
      ],
    ]);
    expect((await at.store.list({ limit: 10 })).map((kept) => kept.body)).toEqual([body, other]);
  });

  test("takes JSON with a charset, and the largest delivery there is", async () => {
    await using at = openReceiver();
    const most = `${" ".repeat(maxBodyBytes - body.length)}${body}`;
    const response = await at.receiver.fetch(delivery(most, { "content-type": "application/json; charset=utf-8" }));
    expect(response.status).toBe(200);
  });

  test("answers 503 with Retry-After where the store fails or hangs", async () => {
    const failing = createReceiver({
      secrets: [secret],
      store: { accept: () => Promise.reject(new Error("disk full")) },
    });
    const hanging = createReceiver({
      secrets: [secret],
      store: { accept: () => new Promise<boolean>(() => {}) },
      bodyTimeoutMs: 1,
      storeTimeoutMs: 2,
      // The store's time is over at once, the body's never.
      clock: { now: () => 0, sleep: (ms) => (ms === 2 ? Promise.resolve() : new Promise(() => {})) },
    });
    for (const receiver of [failing, hanging]) {
      const response = await receiver.fetch(delivery());
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("5");
    }
  });

  test("logs a refusal as a warning, and an error of its own as one, of which the sender is told nothing but to come again", async () => {
    const logged: unknown[] = [];
    const log = (...entry: unknown[]) => logged.push(entry);
    await using at = openReceiver({ log });
    expect((await at.receiver.fetch(delivery("hello"))).headers.get("retry-after")).toBeNull();
    const err = new Error("a secret of the store's");
    const secrets = {
      current: () => {
        throw err;
      },
    };
    await using broken = openReceiver({ log, secrets });
    const response = await broken.receiver.fetch(delivery());
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
      500,
      "5",
      { error: "An error of this receiver's own." },
    ]);
    expect(logged).toEqual([
      ["warn", "delivery refused", { status: 400, reason: "The delivery's body is not JSON." }],
      ["error", "delivery failed", { err }],
    ]);
  });

  test("says at once that it was given no secret", () => {
    expect(() => createReceiver({ secrets: [], store: openSqliteStore({ file: ":memory:" }) })).toThrow(
      "no secret given",
    );
  });
});
