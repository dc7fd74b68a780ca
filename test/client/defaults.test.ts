/**
 * What the client and its Node transport do where they are told nothing.
 *
 * One test has another undici in place of the real one, which the transport must import anew:
 *
 * @own-modules
 */
import { describe, expect, jest, test } from "@jest/globals";
import { createMemoryLedger, createOnSync, type TransportRequest } from "../../src/client/index.ts";
import { apiKey, json, networkError, rejection } from "../../testing/scripted.ts";
import { messageOf } from "../ledger/messages.ts";

describe("createOnSync", () => {
  test("makes four attempts, with jitter of Math.random and a deadline of 30 s", async () => {
    const waits: number[] = [];
    const clock = {
      now: () => 0,
      sleep: async (ms: number, signal?: AbortSignal) => {
        waits.push(ms);
        // The deadline's own timer is never done; a pause is over at once.
        if (ms === 30_000) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      },
    };
    const random = jest.spyOn(Math, "random").mockReturnValue(0.5);
    let attempts = 0;
    const transport = async () => {
      attempts++;
      throw networkError("ECONNRESET");
    };
    await rejection(createOnSync({ apiKey, transport, clock }).contacts.get("contact_1"));
    random.mockRestore();
    expect(attempts).toBe(4);
    expect(waits).toContain(30_000);
    expect(waits.filter((ms) => ms < 30_000)).toEqual([250, 500, 1000]);
  });

  test("gives each send a random UUID as its reference", async () => {
    const references: string[] = [];
    const transport = async ({ body }: TransportRequest) => {
      const { metadata, ...message } = JSON.parse(body as string);
      references.push(metadata.clientReference);
      return json(201, { id: "msg_1", conversationId: "telegram:sara", metadata, ...message });
    };
    const onsync = createOnSync({ apiKey, transport });
    for (const content of ["Hi", "Hi"])
      await onsync.messages.send({ platform: "telegram", to: "sara", messageType: "text", content });
    for (const reference of references) expect(reference).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
    expect(new Set(references).size).toBe(2);
  });

  test("has at most 10 MiB of an answer read", async () => {
    const asked: unknown[] = [];
    const transport = async ({ maxBytes }: TransportRequest) => {
      asked.push(maxBytes);
      return json(200, { id: "contact_1" });
    };
    await createOnSync({ apiKey, transport }).contacts.get("contact_1");
    expect(asked).toEqual([10 * 1024 * 1024]);
  });

  test("claims a send for its deadline and 15 seconds, under the base URL, and leaves its ledger open", async () => {
    const memory = createMemoryLedger();
    let closed = 0;
    const ledger = { ...memory, close: async () => void closed++ };
    const transport = async ({ body }: TransportRequest) =>
      json(201, { id: "msg_1", conversationId: "telegram:sara", ...JSON.parse(body as string) });
    const clock = { now: () => 0, sleep: () => new Promise<void>(() => {}) };
    const onsync = createOnSync({ apiKey, transport, ledger, clock });
    await onsync.messages.send({ platform: "telegram", to: "sara", messageType: "text", content: "Hi" });
    expect(await memory.list()).toMatchObject([
      { state: "sent", leaseMs: 45_000, scope: "https://api.onsync.com/v1", conversationId: "telegram:sara" },
    ]);
    expect(closed).toBe(0);
  });
});

describe("every call", () => {
  test("takes a signal as its last argument, and one that is aborted costs no request", async () => {
    let requests = 0;
    const transport = async () => {
      requests++;
      return json(200, { data: [] });
    };
    const ledger = createMemoryLedger();
    const onsync = createOnSync({ apiKey, transport, ledger });
    // Open: whoever claimed it ended at once.
    await ledger.claim(messageOf("order-1", { scope: onsync.baseUrl }), { leaseMs: 0 });
    const text = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
    const webhook = { url: "https://example.com", events: ["contact.created" as const] };
    const first = (items: AsyncGenerator<unknown>) => items.next();
    const reason = new Error("no longer wanted");
    const aborted = { signal: AbortSignal.abort(reason) };
    const calls = {
      account: { check: () => onsync.account.check(aborted), get: () => onsync.account.get(aborted) },
      contacts: {
        get: () => onsync.contacts.get("contact_1", aborted),
        iterate: () => first(onsync.contacts.iterate({}, aborted)),
        list: () => onsync.contacts.list({}, aborted),
        save: () => onsync.contacts.save({ email: "sara@example.com" }, aborted),
        update: () => onsync.contacts.update("contact_1", { firstName: "Sara" }, aborted),
      },
      conversations: {
        iterate: () => first(onsync.conversations.iterate({}, aborted)),
        list: () => onsync.conversations.list({}, aborted),
      },
      messages: {
        iterate: () => first(onsync.messages.iterate("telegram:sara", {}, aborted)),
        iteratePages: () => first(onsync.messages.iteratePages("telegram:sara", {}, aborted)),
        list: () => onsync.messages.list("telegram:sara", {}, aborted),
        send: () => onsync.messages.send(text, aborted),
        settle: () => onsync.messages.settle("order-1", aborted),
      },
      templates: { list: () => onsync.templates.list({}, aborted) },
      webhooks: {
        create: () => onsync.webhooks.create(webhook, aborted),
        delete: () => onsync.webhooks.delete("wh_1", aborted),
        list: () => onsync.webhooks.list(aborted),
      },
    };
    for (const [resource, methods] of Object.entries(calls)) {
      expect(Object.keys(onsync[resource as keyof typeof calls]).sort()).toEqual(Object.keys(methods));
      for (const [name, call] of Object.entries(methods))
        expect([resource, name, await rejection(call())]).toEqual([resource, name, reason]);
    }
    expect(requests).toBe(0);
  });
});

describe("undiciTransport", () => {
  test("keeps 32 connections to an origin at most, and waits 10 s for one", async () => {
    const pools: unknown[][] = [];
    class Pool {
      constructor(...args: unknown[]) {
        pools.push(args);
      }
      async request() {
        throw new Error("not asked for");
      }
    }
    jest.unstable_mockModule("undici", () => ({ Pool }));
    const { undiciTransport } = await import("../../src/client/transport/undici.ts");
    const { signal } = new AbortController();
    const url = "https://api.example.com/v1/me";
    await rejection(undiciTransport()({ method: "GET", url, headers: {}, signal }));
    expect(pools).toMatchObject([["https://api.example.com", { connections: 32, connect: { timeout: 10_000 } }]]);
  });
});
