import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { verifySignature } from "../../../src/api/signature.ts";
import { httpSink } from "../../../src/webhooks/sinks/http.ts";
import { functionSink, SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { handOn, noSignal } from "./event.ts";

let answer: (outgoing: ServerResponse) => void = (outgoing) => outgoing.end();
let seen: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
const server = createServer((incoming, outgoing) => {
  const parts: Buffer[] = [];
  incoming.on("data", (part: Buffer) => parts.push(part));
  incoming.once("end", () => {
    seen.push({ headers: incoming.headers, body: Buffer.concat(parts) });
    answer(outgoing);
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/onsync`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function handed(event = handOn("evt_7"), secret: string | (() => string) = "shared") {
  seen = [];
  const sink = httpSink({ url, secret });
  try {
    await sink.handOn(event, noSignal);
  } finally {
    await sink.close();
  }
}

function answering(status: number, headers: Record<string, string> = {}, text = "") {
  answer = (outgoing) => outgoing.writeHead(status, headers).end(text);
}

describe("the HTTP sink", () => {
  test("posts the very same body, signed, with what the next server needs to know", async () => {
    answering(204);
    const event = handOn("evt_7", "telegram:سارة", { attempt: 3, body: '{ "id": "evt_7" , "text":"👋" }' });
    await handed(event);
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = seen;
    expect(body.toString()).toBe(event.body);
    expect(verifySignature(body, headers["x-onsync-signature"], "shared")).toBe(true);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-onsync-event": "message.created",
      "x-onsync-delivery": "evt_7",
      "x-onsync-attempt": "3",
      "x-onsync-order-key": encodeURIComponent("telegram:سارة"),
      "x-onsync-sequence": "7",
    });
  });

  test("asks for the secret each time, so that a rotation counts at once", async () => {
    answering(200);
    const secrets = ["one", "two"];
    const sink = httpSink({ url, secret: () => secrets.shift() as string });
    seen = [];
    await sink.handOn(handOn("evt_1"), noSignal);
    await sink.handOn(handOn("evt_2"), noSignal);
    await sink.close();
    expect(seen.map(({ headers, body }) => verifySignature(body, headers["x-onsync-signature"], "two"))).toEqual([
      false,
      true,
    ]);
  });

  test("any 2xx takes the event", async () => {
    for (const status of [200, 201, 202, 204, 226, 299]) {
      answering(status);
      await expect(handed()).resolves.toBeUndefined();
    }
  });

  test.each([400, 401, 404, 410, 500, 501])("%i is a refusal of the event", async (status) => {
    answering(status, {}, "the reason\nin lines");
    await expect(handed()).rejects.toThrow(
      expect.objectContaining({
        name: "Error",
        message: expect.stringMatching(`answered ${status}: the reason in lines`),
      }),
    );
  });

  test("an answer without a word is told of by its status", async () => {
    answering(404, {}, " \n");
    await expect(handed()).rejects.toThrow(new Error(`${new URL(url).origin} answered 404`));
  });

  test.each([408, 429, 502, 503, 504])("%i speaks of the server", async (status) => {
    answering(status, { "retry-after": "7" });
    await expect(handed()).rejects.toThrow(
      expect.objectContaining({ name: "SinkUnavailableError", retryAfterMs: 7000 }),
    );
  });

  test("a redirect is not followed", async () => {
    answering(302, { location: "http://127.0.0.1:1/" });
    await expect(handed()).rejects.toThrow("answered 302");
    expect(seen).toHaveLength(1);
  });

  test("a server that is not there, or hangs up, is out of reach", async () => {
    const nowhere = httpSink({ url: "http://127.0.0.1:1/", secret: "shared" });
    await expect(nowhere.handOn(handOn("evt_1"), noSignal)).rejects.toMatchObject({
      name: "SinkUnavailableError",
      message: "http://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1",
    });
    await nowhere.close();
    answer = (outgoing) => outgoing.destroy();
    await expect(handed()).rejects.toBeInstanceOf(SinkUnavailableError);
  });
});

describe("a function as sink", () => {
  test("gets the typed event, and what it throws is a refusal", async () => {
    const events: unknown[] = [];
    const sink = functionSink((event, { attempt, key }) => {
      events.push([event.type, attempt, key]);
      if (attempt > 1) throw new Error("not again");
    });
    await sink.handOn(handOn("evt_1"), noSignal);
    await expect(sink.handOn(handOn("evt_1", undefined, { attempt: 2 }), noSignal)).rejects.toThrow("not again");
    expect(events).toEqual([
      ["message.created", 1, "whatsapp:+971500000000"],
      ["message.created", 2, "whatsapp:+971500000000"],
    ]);
  });
});
