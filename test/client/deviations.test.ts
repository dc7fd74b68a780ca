/** What a live server, a clock or a ledger may do otherwise than ours. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import {
  type Clock,
  createMemoryLedger,
  type DriftEvent,
  type Message,
  type OnSyncOptions,
  type SendLedger,
  type TransportResponse,
} from "../../src/client/index.ts";
import { readRetryAfter } from "../../src/client/rate-limit.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { VirtualClock } from "../../testing/clock.ts";
import { conversationId, MessageStore } from "../../testing/message-store.ts";
import { json, networkError, never, refused, rejection, type Step, scriptedOnSync } from "../../testing/scripted.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;

/** A clock whose wall is moved while time goes on. */
class MovableWall implements Clock {
  readonly #time = new VirtualClock();
  offsetMs = 0;
  now = () => this.#time.now() + this.offsetMs;
  monotonic = () => this.#time.now();
  sleep = this.#time.sleep;
}

describe("a wall clock that is moved", () => {
  test.each([-3_600_000, 3_600_000])("by %i ms neither lengthens nor shortens a call", async (offsetMs) => {
    const clock = new MovableWall();
    const { onsync } = scriptedOnSync(
      [
        () => {
          clock.offsetMs = offsetMs;
          return never();
        },
      ],
      { clock },
    );
    const startedAt = clock.monotonic();
    expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({ name: "TimeoutError" });
    expect(clock.monotonic() - startedAt).toBe(30_000);
  });

  test("does not end the grace of an open send", async () => {
    const clock = new MovableWall();
    const other = json(200, { data: [{ id: "msg_0", metadata: { clientReference: "x" } }], nextBefore: null });
    const { onsync, lines } = scriptedOnSync([other, networkError("ECONNRESET"), ...Array(6).fill(other)], { clock });
    await rejection(onsync.messages.send(text, { clientReference: "order-17" }));
    clock.offsetMs = 86_400_000;
    const again = rejection(onsync.messages.send(text, { clientReference: "order-17" }));
    expect(await again).toMatchObject({ name: "UnknownOutcomeError" });
    expect(lines().filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });
});

describe("several Retry-After lines", () => {
  const now = Date.parse("2024-12-01T10:00:00.000Z");
  test.each<[string, TransportResponse["headers"], number]>([
    ["as a list", { "retry-after": ["5", "60"] }, 60_000],
    ["the longer first", { "retry-after": ["60", "5"] }, 60_000],
    ["joined", { "retry-after": "5, 60" }, 60_000],
    ["seconds and a date, joined", { "retry-after": "5, Sun, 01 Dec 2024 10:02:00 GMT" }, 120_000],
    ["a date and seconds", { "retry-after": ["Sun, 01 Dec 2024 10:00:05 GMT", "60"] }, 60_000],
    ["one of them unreadable", { "retry-after": ["soon", "7"] }, 7_000],
  ])("%s: the longer counts", (_what, headers, expected) => {
    expect(readRetryAfter(429, headers, now)).toBe(expected);
  });
});

describe("an answer without end", () => {
  const endless = (chunk: string) =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new TextEncoder().encode(chunk)) });

  test("is read to the limit and is an error, with fetch", async () => {
    const transport = fetchTransport(async () => new Response(endless("x".repeat(1000))));
    const { onsync } = scriptedOnSync([], { transport, maxAnswerBytes: 10_000 });
    expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({
      name: "ApiError",
      code: "answer_too_large",
      retryable: false,
      message: expect.stringContaining("longer than 10000 bytes"),
      advice: expect.stringContaining("maxAnswerBytes"),
    });
  });

  test("is read to the limit and is an error, over sockets, and the connection ends", async () => {
    const server = createServer((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", write).on("error", () => {});
      write();
    }).listen(0, "127.0.0.1");
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    server.on("connection", (socket) => socket.on("error", () => {}).once("close", () => resolve()));
    const transport = undiciTransport();
    try {
      await new Promise((listening) => server.once("listening", listening));
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const { onsync } = scriptedOnSync([], { transport, baseUrl, maxAnswerBytes: 100_000 });
      expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({ code: "answer_too_large" });
      await ended;
    } finally {
      await transport.close();
      server.close();
    }
  });

  test("is an error too where a transport read all of it, and for a send it is a lost answer", async () => {
    const long = json(201, { id: "msg_1", metadata: { clientReference: "reference-1" }, more: "x".repeat(5_000) });
    const there = json(200, { data: [{ id: "msg_1", metadata: { clientReference: "reference-1" } }] });
    const { onsync } = scriptedOnSync([long, there], { maxAnswerBytes: 2_000 });
    expect(await onsync.messages.send(text)).toMatchObject({ id: "msg_1" });
  });

  test.each([0, -1, 1.5, Number.NaN])("the limit cannot be %p", (maxAnswerBytes) => {
    expect(() => scriptedOnSync([], { maxAnswerBytes })).toThrow(/maxAnswerBytes must be a whole number of bytes/);
  });
});

describe("times without a zone", () => {
  const page = (times: string[]): Step =>
    json(200, { data: times.map((createdAt, index) => ({ id: `msg_${index}`, createdAt })), nextBefore: null });

  test("are read as UTC, wherever this runs, and told", async () => {
    const drift: DriftEvent[] = [];
    const zoneless = json(200, {
      data: [{ id: "msg_1", createdAt: "2024-12-01T10:00:00.000" }],
      nextBefore: "2024-12-01T10:00:00.000",
    });
    const { onsync, lines } = scriptedOnSync([zoneless, page(["2024-12-01T09:59:59"])], {
      onDrift: (event) => drift.push(event),
    });
    const ids: string[] = [];
    for await (const { id } of onsync.messages.iterate(conversationId, { pageSize: 1 })) ids.push(id);
    expect(ids).toEqual(["msg_1", "msg_0"]);
    expect(lines()[1]).toContain("before=2024-12-01T10%3A00%3A00.001Z");
    expect(drift[0]?.issues).toContainEqual(
      expect.objectContaining({ path: ["data", 0, "createdAt"], code: "missing_zone" }),
    );
  });

  test("of microseconds lose nothing at a page's end", async () => {
    const micros = json(200, {
      data: [{ id: "msg_2", createdAt: "2024-12-01T10:00:00.123456Z" }],
      nextBefore: "2024-12-01T10:00:00.123456Z",
    });
    const { onsync, lines } = scriptedOnSync([micros, page(["2024-12-01T10:00:00.123400Z"])]);
    const ids: string[] = [];
    for await (const { id } of onsync.messages.iterate(conversationId)) ids.push(id);
    expect(ids).toEqual(["msg_2", "msg_0"]);
    expect(lines()[1]).toContain("before=2024-12-01T10%3A00%3A00.124Z");
  });
});

describe("pages that are smaller than was asked for", () => {
  test("and say nothing of more are not the end", async () => {
    const store = new MessageStore();
    for (let index = 0; index < 120; index++) store.add(Date.parse("2024-12-01T10:00:00Z") + index);
    const capped: Step = ({ url }) => {
      const { searchParams } = new URL(url);
      const { data } = store.page(Math.min(50, Number(searchParams.get("limit"))), searchParams.get("before"));
      return json(200, { data });
    };
    const { onsync } = scriptedOnSync(Array(10).fill(capped));
    const ids = new Set<string>();
    for await (const { id } of onsync.messages.iterate(conversationId, { pageSize: 100 })) ids.add(id);
    expect(ids.size).toBe(120);
  });

  test("more messages in one millisecond than they hold are told", async () => {
    const drift: DriftEvent[] = [];
    const store = new MessageStore();
    for (let index = 0; index < 60; index++) store.add(Date.parse("2024-12-01T10:00:00Z"));
    store.add(Date.parse("2024-12-01T09:00:00Z"));
    const capped: Step = ({ url }) => {
      const { searchParams } = new URL(url);
      return json(200, store.page(Math.min(50, Number(searchParams.get("limit"))), searchParams.get("before")));
    };
    const { onsync } = scriptedOnSync(Array(10).fill(capped), { onDrift: (event) => drift.push(event) });
    let seen = 0;
    for await (const _message of onsync.messages.iterate(conversationId)) seen += 1;
    expect(seen).toBe(51);
    const told = drift.flatMap(({ issues }) => issues).filter(({ code }) => code === "unreachable_messages");
    expect(told).toHaveLength(1);
  });
});

describe("a ledger that fails", () => {
  const failing = (method: "claim" | "record" | "note", how: () => Promise<never>): SendLedger => ({
    ...createMemoryLedger(),
    durable: true,
    [method]: how,
  });
  const down = () => Promise.reject(new Error("the disk is full"));
  const sent = json(201, { id: "msg_1", metadata: { clientReference: "reference-1" } });
  const send = (steps: Step[], options: Partial<OnSyncOptions>) => {
    const script = scriptedOnSync(steps, options);
    return { ...script, outcome: script.onsync.messages.send(text).catch((error: unknown) => error) };
  };

  test("to take a claim: nothing is sent", async () => {
    const { outcome, lines } = send([], { ledger: failing("claim", down) });
    expect(await outcome).toMatchObject({
      name: "OnSyncError",
      outcome: "not_sent",
      message: "The send ledger cannot be asked: the disk is full",
    });
    expect(lines()).toEqual([]);
  });

  test("to answer: nothing is sent, and the call ends by its deadline", async () => {
    const { outcome, lines } = send([], { ledger: failing("claim", () => new Promise(() => {})) });
    expect(await outcome).toMatchObject({ name: "TimeoutError", sent: false, outcome: "not_sent" });
    expect(lines()).toEqual([]);
  });

  test("that grants a claim after its call has ended leaves no reference open", async () => {
    const clock = new VirtualClock();
    const ledger = createMemoryLedger({ clock });
    const slow: SendLedger = {
      ...ledger,
      claim: async (message, options) => {
        await clock.sleep(40_000);
        return ledger.claim(message, options);
      },
    };
    const { outcome } = send([], { ledger: slow, clock });
    expect(await outcome).toMatchObject({ outcome: "not_sent" });
    await clock.sleep(20_000);
    expect(await ledger.list()).toMatchObject([{ state: "not_sent", reason: "its call ended first" }]);
  });

  test.each([
    ["fails", down],
    ["hangs", () => new Promise<never>(() => {})],
  ])("to note what was sent: the answer stands, and it is told (%s)", async (how, record) => {
    const told: unknown[] = [];
    const onLedgerError = (error: unknown) => told.push(error);
    const { outcome, clock } = send([sent], { ledger: failing("record", record), onLedgerError });
    const startedAt = clock.now();
    expect(await outcome).toMatchObject({ id: "msg_1" });
    expect(told).toHaveLength(1);
    expect(clock.now() - startedAt).toBe(how === "hangs" ? 2_000 : 0);
  });
});

describe("messages.settle", () => {
  const lost = networkError("ECONNRESET");
  const empty = json(200, { data: [{ id: "msg_0", metadata: { clientReference: "x" } }], nextBefore: null });
  const found = json(200, { data: [{ id: "msg_1", conversationId, metadata: { clientReference: "order-17" } }] });
  const open = async (...later: Step[]) => {
    const script = scriptedOnSync([empty, lost, empty, empty, empty, empty, empty, ...later]);
    await rejection(script.onsync.messages.send(text, { clientReference: "order-17" }));
    return script;
  };

  test("finds a message that came late", async () => {
    const { onsync } = await open(found);
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "sent", messageId: "msg_1" });
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "sent" });
  });

  test("leaves it open within the grace, and says not_sent after it", async () => {
    const { onsync, clock } = await open(empty, empty);
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "unknown" });
    await clock.sleep(10 * 60_000);
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "not_sent" });
  });

  test("leaves it open where the history cannot be read, or proves nothing", async () => {
    const framework: TransportResponse = { status: 404, headers: {}, text: '{"statusCode":404,"error":"Not Found"}' };
    const { onsync, clock } = await open(framework, refused(403, "insufficient_scope"));
    await clock.sleep(10 * 60_000);
    expect(await rejection(onsync.messages.settle("order-17"))).toMatchObject({ name: "NotFoundError" });
    expect(await rejection(onsync.messages.settle("order-17"))).toMatchObject({ name: "PermissionError" });
  });

  test("leaves it open where a thousand newer messages hide whether it is there", async () => {
    const at = (index: number) => new Date(Date.parse("2024-12-01T11:00:00.000Z") - index).toISOString();
    const pages = Array.from({ length: 10 }, (_, page) => {
      const data = Array.from({ length: 100 }, (_, index) => {
        const number = page * 100 + index;
        return { id: `msg_${number}`, createdAt: at(number), metadata: { clientReference: `x${number}` } };
      });
      return json(200, { data, nextBefore: data.at(-1)?.createdAt });
    });
    const { onsync, clock, lines } = await open(...pages);
    await clock.sleep(10 * 60_000);
    const before = lines().length;
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "unknown" });
    expect(lines()).toHaveLength(before + 10);
  });

  test("ends by its deadline where the ledger does not answer", async () => {
    const find = () => new Promise<never>(() => {});
    const { onsync, clock } = scriptedOnSync([], { ledger: { ...createMemoryLedger(), find } });
    const startedAt = clock.now();
    expect(await rejection(onsync.messages.settle("order-17"))).toMatchObject({ name: "TimeoutError" });
    expect(clock.now() - startedAt).toBe(30_000);
  });

  test("knows nothing of a reference that was never used", async () => {
    const { onsync } = scriptedOnSync([]);
    expect(await onsync.messages.settle("order-18")).toBeNull();
  });
});

test("the reason in the ledger holds nothing of the message", async () => {
  const ledger = createMemoryLedger({ clock: new VirtualClock() });
  const secret = { ...text, content: "The code is 8213" };
  const echo = json(400, { error: { code: "validation_failed", message: `content: ${secret.content}` } });
  const { onsync } = scriptedOnSync([echo], { ledger });
  await rejection(onsync.messages.send(secret));
  const entries = await ledger.list();
  expect(entries).toHaveLength(1);
  expect(JSON.stringify(entries)).not.toContain("8213");
  expect((entries as { data?: Message[] }[])[0]).toMatchObject({ state: "not_sent" });
});
