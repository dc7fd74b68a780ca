import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import type { Receiver } from "../../../src/webhooks/receiver/receiver.ts";
import { body, openReceiver, secret } from "./harness.ts";

async function listening(receiver: Receiver) {
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

describe("the receiver on node:http", () => {
  const post = (port: number, text: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: text,
      headers: { "content-type": "application/json", "x-onsync-signature": signPayload(text, secret), ...headers },
    });

  test("answers as fetch does", async () => {
    await using at = openReceiver();
    await using server = await listening(at.receiver);
    expect((await post(server.port, body)).status).toBe(200);
    expect((await post(server.port, body, { "x-onsync-signature": "0" })).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(405);
  });

  test("a sender that announces too much reads why", async () => {
    await using at = openReceiver();
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
    expect(await at.store.stats()).toMatchObject({ accepted: 0 });
  });

  test("a sender that sends too much unannounced reads why", async () => {
    await using at = openReceiver();
    await using server = await listening(at.receiver);
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
    await using at = openReceiver();
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
