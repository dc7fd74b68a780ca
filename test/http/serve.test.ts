/** How every server here takes a port and drains. */
import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestListener, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { createHttpServer, defaultDrainMs, type RunningServer, serve } from "../../src/http/serve.ts";

function open(listener: RequestListener, drainMs?: number): Promise<RunningServer> {
  return serve(createHttpServer(listener), { port: 0, host: "127.0.0.1", drainMs });
}

/** A client that keeps its connection for the next request. */
function ask(server: RunningServer, agent: Agent): Promise<IncomingMessage> {
  const asking = request({ host: server.address, port: server.port, agent }).end();
  return once(asking, "response").then(([response]) => response as IncomingMessage);
}

describe("taking a port", () => {
  test("a free one is taken, and told", async () => {
    const server = await open((_incoming, outgoing) => outgoing.end("here"));
    const response = await fetch(formatOrigin(server.address, server.port));
    expect(await response.text()).toBe("here");
    expect(server).toMatchObject({ address: "127.0.0.1", port: expect.any(Number) });
    await server.close();
  });

  test("one that is taken is the system's error", async () => {
    const first = await open(() => {});
    const second = serve(
      createHttpServer(() => {}),
      { port: first.port, host: "127.0.0.1" },
    );
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE", port: first.port });
    await first.close();
  });
});

describe("an answer before the end of a request with a body", () => {
  const send = async (content: string, length: number): Promise<string> => {
    const server = await open((_incoming, outgoing) => setImmediate(() => outgoing.writeHead(401).end("refused")));
    const client = connect(server.port, server.address);
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${content}`);
    const [answer] = await once(client, "data");
    client.destroy();
    await server.close();
    return String(answer).toLowerCase();
  };

  test("says that the connection ends: the client's next request on it would be lost", async () => {
    expect(await send("only this", 1_000_000)).toContain("connection: close");
  });

  test("keeps the connection where the body was there whole", async () => {
    expect(await send("all of it", 9)).toContain("connection: keep-alive");
  });

  test("is there for a client that reads when it has sent everything", async () => {
    const server = await open((_incoming, outgoing) => outgoing.writeHead(413).end("too large"));
    const client = connect(server.port, server.address).pause();
    // More than the buffers between the two hold.
    const body = Buffer.alloc(16 * 1024 * 1024);
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => client.write(body, (error) => (error ? reject(error) : resolve())));
    const [answer] = await once(client.resume(), "data");
    expect(String(answer)).toContain("413");
    await once(client, "end");
    await server.close();
  });
});

describe("closing", () => {
  test("waits for the answer under way, and tells its client that the connection ends", async () => {
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    const server = await open(async (_incoming, outgoing) => {
      arrived.resolve();
      outgoing.end(await answer.promise);
    });
    const agent = new Agent({ keepAlive: true });
    const asking = ask(server, agent);
    await arrived.promise;
    let isClosed = false;
    const closing = server.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    answer.resolve("in time");
    const response = await asking;
    expect(response.headers.connection).toBe("close");
    expect(await text(response)).toBe("in time");
    await closing;
    agent.destroy();
  });

  test("lets a connection go whose answer had begun before, though its client would keep it", async () => {
    const end = Promise.withResolvers<void>();
    const server = await open(async (_incoming, outgoing) => {
      outgoing.write("first ");
      await end.promise;
      outgoing.end("last");
    });
    const agent = new Agent({ keepAlive: true });
    const response = await ask(server, agent);
    expect(response.headers.connection).toBe("keep-alive");
    const closing = server.close();
    end.resolve();
    expect(await text(response)).toBe("first last");
    await closing;
    agent.destroy();
  });

  test.each(["before", "after"])("lets go of a request that is answered before its end, %s it closes", async (when) => {
    const [arrived, refusal] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const server = await open(async (_incoming, outgoing) => {
      arrived.resolve();
      if (when === "after") await refusal.promise;
      outgoing.writeHead(401).end("refused");
    }, 60_000);
    const client = connect(server.port, server.address);
    client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nonly this");
    const answered = once(client, "data");
    await (when === "before" ? answered : arrived.promise);
    const closed = server.close();
    refusal.resolve();
    const [answer] = await answered;
    expect(String(answer)).toContain("401");
    await closed;
    client.destroy();
  });

  test("ends idle connections at once, and takes no new ones", async () => {
    const server = await open((_incoming, outgoing) => outgoing.end("here"));
    const agent = new Agent({ keepAlive: true });
    expect(await text(await ask(server, agent))).toBe("here");
    await server.close();
    const [error] = await once(connect(server.port, server.address), "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    agent.destroy();
  });

  test("cuts an answer that takes longer than it is given", async () => {
    const arrived = Promise.withResolvers<void>();
    const server = await open(() => arrived.resolve(), 20);
    const agent = new Agent({ keepAlive: true });
    const asking = ask(server, agent);
    await arrived.promise;
    await server.close();
    await expect(asking).rejects.toMatchObject({ code: "ECONNRESET" });
    agent.destroy();
  });

  test("asked for twice is done once", async () => {
    const server = await open(() => {});
    expect(server.close()).toBe(server.close());
    await server.close();
  });

  test("gives an answer as long as a send and the looking after it may take, and less than a command has to end", () => {
    expect(defaultDrainMs).toBe(45_000);
  });
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:80"],
  ["localhost", "http://localhost:80"],
  ["10.0.0.7", "http://10.0.0.7:80"],
  ["0.0.0.0", "http://127.0.0.1:80"],
  ["::", "http://[::1]:80"],
  ["[::]", "http://[::1]:80"],
  ["fd00::7", "http://[fd00::7]:80"],
])("what listens on %s is reached from this machine at %s", (host, origin) => {
  expect(formatOrigin(toReachableHost(host), 80)).toBe(origin);
});
