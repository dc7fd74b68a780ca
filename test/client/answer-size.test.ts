import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/client/clock.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { json, rejection, scriptedOnSync } from "../../testing/scripted.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;

describe("an answer that never ends", () => {
  const endless = (chunk: string) =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new TextEncoder().encode(chunk)) });

  test("is read up to maxAnswerBytes and is an error, with fetch", async () => {
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

  test("is read up to maxAnswerBytes and is an error, over sockets, and its connection is closed", async () => {
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
      const { onsync } = scriptedOnSync([], { transport, baseUrl, maxAnswerBytes: 100_000, clock: systemClock });
      expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({ code: "answer_too_large" });
      await ended;
    } finally {
      await transport.close();
      server.close();
    }
  });

  test("is read where it has just as many characters as maxAnswerBytes", async () => {
    const whole = json(200, { id: "contact_1" });
    const read = (maxAnswerBytes: number) => scriptedOnSync([whole], { maxAnswerBytes }).onsync.contacts.get("c");
    expect(await read(whole.text.length)).toMatchObject({ id: "contact_1" });
    expect(await rejection(read(whole.text.length - 1))).toMatchObject({ code: "answer_too_large" });
  });

  test("counts as a lost answer of a send where the transport has read all of it", async () => {
    const long = json(201, { id: "msg_1", metadata: { clientReference: "reference-1" }, more: "x".repeat(5_000) });
    const there = json(200, { data: [{ id: "msg_1", metadata: { clientReference: "reference-1" } }] });
    const { onsync } = scriptedOnSync([long, there], { maxAnswerBytes: 2_000 });
    expect(await onsync.messages.send(text)).toMatchObject({ id: "msg_1" });
  });

  test.each([0, -1, 1.5, Number.NaN])("maxAnswerBytes cannot be %p", (maxAnswerBytes) => {
    expect(() => scriptedOnSync([], { maxAnswerBytes })).toThrow(/maxAnswerBytes must be a whole number of bytes/);
  });
});
