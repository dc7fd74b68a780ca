/** The Node transport over real sockets. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { wasNeverSent } from "../../../src/client/errors/to-connection-error.ts";
import type { TransportRequest } from "../../../src/client/index.ts";
import { type UndiciTransport, undiciTransport } from "../../../src/client/transport/undici.ts";
import { rejection } from "../../../testing/scripted.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(): UndiciTransport {
  const transport = undiciTransport();
  closing.push(() => transport.close());
  return transport;
}

async function listening(server: Server | TcpServer): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const sockets = new Set<Socket>();
  const server = createServer(handle);
  server.on("connection", (socket) => sockets.add(socket));
  const origin = await listening(server);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin, sockets };
}

/** A server that says the same bytes to every request and then does with the socket as it is told. */
async function say(bytes: string, then: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write(bytes, () => then(socket)));
  });
  closing.push(() => server.close());
  return listening(server);
}

function get(url: string, changes: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: "GET",
    url,
    headers: { authorization: "Bearer key", accept: "application/json" },
    signal: new AbortController().signal,
    ...changes,
  };
}

describe("undiciTransport", () => {
  test("carries method, path, query, headers and body, and brings back status, headers and text", async () => {
    let seen: object = {};
    const { origin } = await serve((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const { method, url, headers } = request;
        seen = { method, url, authorization: headers.authorization, encoding: headers["accept-encoding"], body };
        response.writeHead(201, { "X-Request-Id": "req_1", "Content-Type": "application/json" }).end('{"name":"سارة"}');
      });
    });
    const path = "/v1/conversations/whatsapp%3A%2B971500000000/messages?before=2024-12-01T10%3A00%3A00.001Z";
    const answer = await open()(get(origin + path, { method: "POST", body: '{"name":"سارة"}' }));
    expect(answer).toMatchObject({ status: 201, headers: { "x-request-id": "req_1" }, text: '{"name":"سارة"}' });
    expect(answer.incomplete).toBeUndefined();
    expect(seen).toEqual({
      method: "POST",
      url: path,
      authorization: "Bearer key",
      encoding: "identity",
      body: '{"name":"سارة"}',
    });
  });

  test("keeps connections, one pool an origin", async () => {
    const first = await serve((_request, response) => response.end("{}"));
    const second = await serve((_request, response) => response.end("{}"));
    const transport = open();
    for (let count = 0; count < 20; count++) await transport(get(`${first.origin}/v1/me`));
    await transport(get(`${second.origin}/v1/me`));
    // The second request may start before undici has taken the first connection back.
    expect(first.sockets.size).toBeLessThanOrEqual(2);
    expect(second.sockets.size).toBe(1);
  });

  test("an aborted request rejects, and its connection is gone", async () => {
    const controller = new AbortController();
    const { origin, sockets } = await serve(() => controller.abort(new Error("enough")));
    expect(await rejection(open()(get(origin, { signal: controller.signal })))).toMatchObject({ message: "enough" });
    const [socket] = sockets;
    if (socket?.destroyed === false) await once(socket, "close");
    expect(socket?.destroyed).toBe(true);
  });

  test("an answer that is aborted on its way comes as far as it got, and its connection is gone", async () => {
    const controller = new AbortController();
    const { origin, sockets } = await serve((_request, response) => {
      response.writeHead(200).write('{"id":');
    });
    const { promise: chunkCame, resolve: onChunk } = Promise.withResolvers<unknown>();
    subscribe("undici:request:bodyChunkReceived", onChunk);
    closing.push(() => unsubscribe("undici:request:bodyChunkReceived", onChunk));
    const answer = open()(get(origin, { signal: controller.signal }));
    await chunkCame;
    controller.abort(new Error("enough"));
    expect(await answer).toMatchObject({ status: 200, text: '{"id":', incomplete: { message: "enough" } });
    const [socket] = sockets;
    if (socket?.destroyed === false) await once(socket, "close");
    expect(socket?.destroyed).toBe(true);
  });

  test("a request that is aborted while it waits for a connection is never made", async () => {
    const asked: string[] = [];
    const { promise: wasAsked, resolve: onAsked } = Promise.withResolvers<void>();
    let finish = () => {};
    const { origin } = await serve(({ url = "" }, response) => {
      asked.push(url);
      finish = () => response.end("{}");
      onAsked();
    });
    const transport = undiciTransport({ connections: 1 });
    closing.push(() => transport.close());
    const first = transport(get(`${origin}/first`));
    await wasAsked;
    const controller = new AbortController();
    const second = rejection(transport(get(`${origin}/second`, { signal: controller.signal })));
    controller.abort(new Error("enough"));
    finish();
    expect(await first).toMatchObject({ status: 200 });
    expect(await second).toMatchObject({ message: "enough" });
    expect(asked).toEqual(["/first"]);
  });

  test("early hints are no answer", async () => {
    const early = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
    const origin = await say(`${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`, (socket) => socket.end());
    const answer = await open()(get(origin));
    expect(answer).toMatchObject({ status: 200, text: "{}" });
    expect(answer.headers).not.toHaveProperty("link");
  });

  test.each([301, 302, 307, 308])("does not follow a %i", async (status) => {
    let requests = 0;
    const { origin } = await serve((_request, response) => {
      requests += 1;
      response.writeHead(status, { Location: "/elsewhere" }).end();
    });
    expect(await open()(get(origin))).toMatchObject({ status, headers: { location: "/elsewhere" } });
    expect(requests).toBe(1);
  });

  test("carries big bodies both ways, in pieces", async () => {
    const big = JSON.stringify({ content: "ع".repeat(2_000_000) });
    const { origin } = await serve((request, response) => request.pipe(response));
    const { text } = await open()(get(origin, { method: "POST", body: big }));
    expect(text === big).toBe(true);
  });

  test.each([
    ["closed too early", "Content-Length: 30", (socket: Socket) => socket.end()],
    ["reset", "Content-Length: 30", (socket: Socket) => socket.resetAndDestroy()],
    ["cut in its chunks", "Transfer-Encoding: chunked", (socket: Socket) => socket.end()],
  ])("a body that is %s comes as far as it got, with its status", async (_how, header, then) => {
    const body = header.startsWith("T") ? '6\r\n{"id":\r\n' : '{"id":';
    const origin = await say(`HTTP/1.1 201 Created\r\nX-Request-Id: req_1\r\n${header}\r\n\r\n${body}`, then);
    const answer = await open()(get(origin));
    expect(answer).toMatchObject({ status: 201, headers: { "x-request-id": "req_1" }, incomplete: expect.any(Object) });
    expect('{"id":'.startsWith(answer.text)).toBe(true);
  });

  test.each([
    ["closed without an answer", (socket: Socket) => socket.end()],
    ["reset without an answer", (socket: Socket) => socket.resetAndDestroy()],
  ])("a connection that is %s rejects, and may have been served", async (_how, then) => {
    const error = await rejection(open()(get(await say("", then))));
    expect(error).toMatchObject({ message: expect.any(String) });
    expect(wasNeverSent(error)).toBe(false);
  });

  test("a refused connection rejects, and certainly was not served", async () => {
    const server = createTcpServer();
    const origin = await listening(server);
    server.close();
    await once(server, "close");
    expect(wasNeverSent(await rejection(open()(get(origin))))).toBe(true);
  });

  test("what is no HTTP rejects", async () => {
    const origin = await say("SSH-2.0-OpenSSH_9.2\r\n", (socket) => socket.end());
    expect(wasNeverSent(await rejection(open()(get(origin))))).toBe(false);
  });

  test("close waits for a request that has only just been asked for, the first and each after it", async () => {
    const { origin } = await serve((_request, response) => response.end("{}"));
    const transport = undiciTransport();
    for (const which of ["first", "later"]) {
      const asking = transport(get(`${origin}/${which}`)).then(({ status }) => `answered ${status}`, String);
      const closed = transport.close().then(() => "closed");
      expect([await Promise.race([asking, closed]), await asking]).toEqual(["answered 200", "answered 200"]);
      await closed;
      // So that there are connections the next time.
      if (which === "first") await transport(get(origin));
    }
  });

  test("close waits for what is under way", async () => {
    let finish = () => {};
    const { origin } = await serve((_request, response) => {
      finish = () => response.end("{}");
      asked();
    });
    const { promise: wasAsked, resolve: asked } = Promise.withResolvers<void>();
    const transport = undiciTransport({ connections: 1 });
    const answer = transport(get(origin));
    await wasAsked;
    const closed = transport.close();
    finish();
    expect(await answer).toMatchObject({ status: 200, text: "{}" });
    await closed;
  });
});
