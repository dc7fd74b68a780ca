import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../../src/api/index.ts";
import { signPayload } from "../../../src/api/signature.ts";
import { createReceiver, type ReceiverOptions } from "../../../src/webhooks/receiver/receiver.ts";
import { addSecret, loadSecrets, retireOtherSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { createManualClock, messageEvent, startOfTests, toIncoming } from "../../../testing/events.ts";

const secret = "whsec_test";
const { body } = toIncoming(messageEvent("evt_1"));

function open(options: Partial<ReceiverOptions> = {}) {
  const store = openSqliteStore({ file: ":memory:" });
  const receiver = createReceiver({ secrets: [secret], store, ...options });
  return { store, receiver, [Symbol.asyncDispose]: () => store.close() };
}

function delivery(
  text: string | Uint8Array<ArrayBuffer> = body,
  headers: Record<string, string> = {},
  method = "POST",
) {
  return new Request("http://127.0.0.1/", {
    method,
    headers: { "content-type": "application/json", "x-onsync-signature": signPayload(text, secret), ...headers },
    ...(method === "POST" && { body: text }),
  });
}

async function listening(receiver: ReturnType<typeof createReceiver>) {
  const server = createServer((incomingMessage, outgoing) => void receiver.node(incomingMessage, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A clock that the test moves, on which no time limit ends by itself. */
function stillClock() {
  const clock = { time: startOfTests, now: () => clock.time, sleep: () => new Promise<void>(() => {}) };
  return clock;
}

describe("the receiver", () => {
  test("acknowledges an event that is kept, and the same one again without keeping it again", async () => {
    await using at = open();
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
    await using at = open();
    const response = await at.receiver.fetch(request);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toContain(sentence);
    expect(await at.store.stats()).toMatchObject({ accepted: 0 });
  });

  test("one org's id silences no other's; another body under an org's own id is answered 409 and logged", async () => {
    const logged: unknown[] = [];
    await using at = open({ log: (...entry) => logged.push(entry) });
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

  test("with an age given, refuses aloud what was created longer ago, or at no time, and keeps nothing", async () => {
    const logged: unknown[] = [];
    const clock = stillClock();
    await using at = open({ clock, maxAgeMs: 60_000, log: (...entry) => logged.push(entry) });
    const created = (id: string, createdAt: string) => JSON.stringify({ ...messageEvent(id), createdAt });
    const ago = (ms: number) => new Date(clock.time - ms).toISOString();
    const status = async (text: string) => (await at.receiver.fetch(delivery(text))).status;
    expect(await status(created("evt_1", ago(60_000)))).toBe(200);
    // The sender's clock is ahead: that is no age.
    expect(await status(created("evt_2", ago(-3_600_000)))).toBe(200);
    logged.length = 0;
    const refused = await at.receiver.fetch(delivery(created("evt_3", ago(60_001))));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      error: expect.stringContaining("older than this receiver takes: 60 seconds"),
    });
    expect(logged).toEqual([
      ["warn", expect.stringContaining("too old"), expect.objectContaining({ event: "evt_3", createdAt: ago(60_001) })],
    ]);
    for (const createdAt of ["", "yesterday", "0000", "-271822-01-01T00:00:00Z"])
      expect(await status(created("evt_4", createdAt))).toBe(422);
    expect(await at.store.stats()).toMatchObject({ accepted: 2 });
    for (const maxAgeMs of [0, -1, Number.NaN])
      expect(() => createReceiver({ secrets: [secret], store: at.store, maxAgeMs })).toThrow(
        "maxAgeMs must be above 0",
      );
  });

  test("a caught delivery never comes in twice where the age is what the store keeps", async () => {
    const clock = stillClock();
    const keepMs = 7 * 86_400_000;
    await using store = Object.assign(openSqliteStore({ file: ":memory:", clock, keepMs }), {
      [Symbol.asyncDispose]: () => store.close(),
    });
    const status = async (maxAgeMs?: number) => {
      const receiver = createReceiver({ secrets: [secret], store, clock, ...(maxAgeMs && { maxAgeMs }) });
      return (await receiver.fetch(delivery())).status;
    };
    expect(await status(keepMs)).toBe(200);
    for (const each of await store.take(10)) await store.done(each);
    clock.time += keepMs;
    await store.prune();
    expect(await status(keepMs)).toBe(200);
    expect(await store.stats()).toMatchObject({ accepted: 1 });
    clock.time += 1;
    await store.prune();
    expect(await status(keepMs)).toBe(422);
    expect(await store.stats()).toMatchObject({ accepted: 1 });
    // As it was without: the same delivery is taken for a new one.
    expect(await status()).toBe(200);
    expect(await store.stats()).toMatchObject({ accepted: 2 });
  });

  test("takes JSON with a charset, and the largest delivery there is", async () => {
    await using at = open();
    const most = `${" ".repeat(maxBodyBytes - body.length)}${body}`;
    const response = await at.receiver.fetch(delivery(most, { "content-type": "application/json; charset=utf-8" }));
    expect(response.status).toBe(200);
  });

  test("asks for patience where the store fails or hangs", async () => {
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

  test("asks for patience where too much is under way at once", async () => {
    await using at = open({ maxBytesUnderWay: 100 });
    const response = await at.receiver.fetch(delivery());
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
  });

  test("says at once that it was given no secret", () => {
    expect(() => createReceiver({ secrets: [], store: openSqliteStore({ file: ":memory:" }) })).toThrow(
      "no secret given",
    );
  });

  test("a body that takes too long is given up", async () => {
    const late = Promise.withResolvers<void>();
    await using at = open({ clock: { now: () => 0, sleep: () => late.promise } });
    let cancelled = false;
    const slow = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')),
      cancel: () => {
        cancelled = true;
      },
    });
    const request = new Request("http://127.0.0.1/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: slow,
      duplex: "half",
    } as RequestInit);
    const answer = at.receiver.fetch(request);
    late.resolve();
    expect((await answer).status).toBe(408);
    expect(await at.store.stats()).toMatchObject({ accepted: 0 });
    expect(cancelled || request.bodyUsed).toBe(true);
  });

  test("what still arrives of a body that was given up takes no room from others", async () => {
    const late = Promise.withResolvers<void>();
    let waits = 0;
    const sleep = () => {
      waits += 1;
      return waits === 1 ? late.promise : new Promise<void>(() => {});
    };
    await using at = open({ clock: { now: () => 0, sleep }, maxBytesUnderWay: body.length + 50 });
    let send = (_text: string): void => {};
    const slow = new ReadableStream({
      start: (controller) => {
        send = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, body: slow, duplex: "half" } as RequestInit;
    const answer = at.receiver.fetch(new Request("http://127.0.0.1/", request));
    late.resolve();
    expect((await answer).status).toBe(408);
    send(" ".repeat(100));
    await new Promise(setImmediate);
    expect((await at.receiver.fetch(delivery())).status).toBe(200);
  });
});

describe("the receiver on node:http", () => {
  const post = (port: number, text: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: text,
      headers: { "content-type": "application/json", "x-onsync-signature": signPayload(text, secret), ...headers },
    });

  test("answers as fetch does", async () => {
    await using at = open();
    await using server = await listening(at.receiver);
    expect((await post(server.port, body)).status).toBe(200);
    expect((await post(server.port, body, { "x-onsync-signature": "0" })).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(405);
  });

  test("a sender that announces too much, or sends it unannounced, reads why", async () => {
    await using at = open();
    await using server = await listening(at.receiver);
    const announced = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(
        {
          port: server.port,
          method: "POST",
          headers: { "content-type": "application/json", "content-length": 5_000_000 },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
          outgoing.destroy();
        },
      );
      outgoing.once("error", reject);
      outgoing.flushHeaders();
    });
    expect(announced).toBe(413);
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(
        { port: server.port, method: "POST", headers: { "content-type": "application/json" } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
          outgoing.destroy();
        },
      );
      outgoing.once("error", reject);
      for (let n = 0; n < 20; n++) outgoing.write(Buffer.alloc(100_000, 32));
    });
    expect(chunked).toBe(413);
    expect(await at.store.stats()).toMatchObject({ accepted: 0 });
  });

  test("a sender that hangs up half way leaves nothing behind", async () => {
    await using at = open();
    await using server = await listening(at.receiver);
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\nhalf of it",
          () => socket.destroy(),
        );
      });
      socket.once("close", () => resolve());
    });
    expect((await post(server.port, body)).status).toBe(200);
    expect(await at.store.stats()).toMatchObject({ accepted: 1 });
  });
});

describe("rotation", () => {
  test("a new secret is accepted from the first delivery signed with it; the old one too, until it is retired", async () => {
    const clock = createManualClock();
    const store = openSqliteStore({ file: ":memory:" });
    const secrets = await loadSecrets(store, ["whsec_own"], clock);
    const receiver = createReceiver({ secrets, store });
    const status = async (id: string, signedWith: string) => {
      const text = JSON.stringify(messageEvent(id));
      const signature = signPayload(text, signedWith);
      return (await receiver.fetch(delivery(text, { "x-onsync-signature": signature }))).status;
    };
    await addSecret(store, "whsec_1", clock);
    expect(await status("evt_1", "whsec_1")).toBe(200);
    await addSecret(store, "whsec_2", clock);
    expect(
      await Promise.all([status("evt_2", "whsec_2"), status("evt_3", "whsec_1"), status("evt_4", "whsec_own")]),
    ).toEqual([200, 200, 200]);
    expect(secrets.current()).toEqual(["whsec_2", "whsec_1", "whsec_own"]);
    await retireOtherSecrets(store, "whsec_2", clock.now() + 1000, clock);
    await secrets.refresh();
    expect(await status("evt_5", "whsec_1")).toBe(200);
    clock.time += 1001;
    expect(await status("evt_6", "whsec_1")).toBe(401);
    expect(await status("evt_7", "whsec_2")).toBe(200);
    await store.close();
  });

  test("before there is any secret, deliveries are asked to come again", async () => {
    const store = openSqliteStore({ file: ":memory:" });
    const receiver = createReceiver({ secrets: await loadSecrets(store, []), store });
    expect((await receiver.fetch(delivery())).status).toBe(503);
    await addSecret(store, secret);
    expect((await receiver.fetch(delivery())).status).toBe(200);
    await store.close();
  });

  test("many refused at once look once more between them, and each look is after they asked", async () => {
    let looks = 0;
    const secondLook = Promise.withResolvers<string | null>();
    const rotated = JSON.stringify([{ secret: "whsec_new", until: null }]);
    const many = await loadSecrets(
      {
        setting: async () => {
          looks += 1;
          return looks === 1 ? null : looks === 2 ? secondLook.promise : rotated;
        },
      },
      [],
    );
    const first = many.refresh();
    const others = [many.refresh(), many.refresh(), many.refresh()];
    expect(looks).toBe(2);
    secondLook.resolve(null);
    expect(await first).toBe(false);
    expect(await Promise.all(others)).toEqual([true, true, true]);
    expect(looks).toBe(3);
    expect(many.current()).toEqual(["whsec_new"]);
  });
});
