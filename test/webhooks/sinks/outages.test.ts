/** Servers that misbehave below HTTP, or in the middle of an answer: none of it is said of the event. */
import { createServer as createHttpServer, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { rootCertificates, setDefaultCACertificates } from "node:tls";
import { describe, expect, test } from "@jest/globals";
import { httpSink } from "../../../src/webhooks/sinks/http.ts";
import { functionSink, isNetworkError, SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { selfSigned } from "../../../testing/network/self-signed.ts";
import { handOn, noSignal } from "./event.ts";
import { listen, startRawServer } from "./raw-server.ts";

/** What becomes of one hand-on: taken, refused or an outage. */
async function outcome(url: string, signal: AbortSignal = noSignal): Promise<string> {
  const sink = httpSink({ url, secret: "shared" });
  try {
    await sink.handOn(handOn("evt_1"), signal);
    return "taken";
  } catch (error) {
    return error instanceof SinkUnavailableError ? "outage" : `refused: ${error}`;
  } finally {
    await sink.close();
  }
}

const day = 24 * 60 * 60 * 1000;
const lasting = { from: new Date(Date.now() - day), until: new Date(Date.now() + day) };
const over = { from: new Date(Date.now() - 2 * day), until: new Date(Date.now() - day) };
const toCome = { from: new Date(Date.now() + day), until: new Date(Date.now() + 2 * day) };

describe("TLS", () => {
  test.each([
    ["signed by nobody known", "localhost", lasting, false],
    ["expired", "localhost", over, true],
    ["not valid yet", "localhost", toCome, true],
    ["for another name", "other.example.com", lasting, true],
  ])("a certificate %s is an outage", async (_what, host, time, trusted) => {
    const { key, cert } = selfSigned(host, time);
    const { port } = await listen(createHttpsServer({ key, cert }, (_incoming, outgoing) => outgoing.end()));
    if (trusted) setDefaultCACertificates([...rootCertificates, cert]);
    try {
      expect(await outcome(`https://localhost:${port}/`)).toBe("outage");
    } finally {
      setDefaultCACertificates([...rootCertificates]);
    }
  });

  test("a certificate that is in order is none", async () => {
    const { key, cert } = selfSigned("localhost", lasting);
    const { port } = await listen(createHttpsServer({ key, cert }, (_incoming, outgoing) => outgoing.end()));
    setDefaultCACertificates([...rootCertificates, cert]);
    try {
      expect(await outcome(`https://localhost:${port}/`)).toBe("taken");
    } finally {
      setDefaultCACertificates([...rootCertificates]);
    }
  });

  test("no version in common, no TLS at all, a handshake that is cut or does not go on: outages", async () => {
    const { key, cert } = selfSigned("localhost", lasting);
    const old = await listen(createHttpsServer({ key, cert, maxVersion: "TLSv1.1", minVersion: "TLSv1" }));
    const plain = await listen(createHttpServer((_incoming, outgoing) => outgoing.end()));
    const cut = await listen(createServer((socket) => socket.once("data", () => socket.destroy())));
    const silent = await listen(createServer((socket) => socket.resume()));
    for (const { port } of [old, plain, cut]) expect(await outcome(`https://localhost:${port}/`)).toBe("outage");
    const late = new AbortController();
    const handing = outcome(`https://localhost:${silent.port}/`, late.signal);
    while (silent.sockets.size === 0) await turn();
    late.abort();
    expect(await handing).toBe("outage");
  });
});

describe("the network", () => {
  test("names that lead nowhere, and a machine out of file descriptors, are outages", async () => {
    expect(await outcome("http://nowhere.invalid/")).toBe("outage");
    for (const code of ["EMFILE", "ENFILE", "EPROTO", "ERR_TLS_CERT_ALTNAME_INVALID", "ERR_SSL_WRONG_VERSION_NUMBER"]) {
      const failed = Object.assign(new Error("connect"), { code });
      expect(isNetworkError(new Error("fetch failed", { cause: failed }))).toBe(true);
      expect(isNetworkError(new AggregateError([failed]))).toBe(true);
    }
    const ring: Error = new Error("its own cause");
    ring.cause = ring;
    expect(isNetworkError(ring)).toBe(false);
    expect(isNetworkError(Object.assign(new Error("no such order"), { code: "ENOENT" }))).toBe(false);
  });

  test("a function whose own connections fail does not refuse the event", async () => {
    const sink = functionSink(async () => fetch("http://127.0.0.1:1/"));
    // Port 1 is one that fetch blocks: a mistake of the function's, and so a refusal.
    await expect(sink.handOn(handOn("evt_1"), noSignal)).rejects.not.toBeInstanceOf(SinkUnavailableError);
    const { port } = await listen(createServer((socket) => socket.destroy()));
    const cut = functionSink(async () => fetch(`http://127.0.0.1:${port}/`));
    await expect(cut.handOn(handOn("evt_1"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
  });
});

describe("an answer", () => {
  const ok = "HTTP/1.1 200 OK\r\n";
  const no = "HTTP/1.1 500 Internal Server Error\r\n";

  test.each([
    ["that is no HTTP", "SSH-2.0-OpenSSH_9\r\n", "end"],
    ["of nothing", "", "end"],
    ["of half a head", "HTTP/1.1 200 OK\r\nContent-Le", "end"],
    ["whose head does not come", "", "hang"],
    ["whose head does not end", `${ok}X-A: `, "flood"],
    ["cut off, though 200", `${ok}Content-Length: 10\r\n\r\nhalf`, "end"],
    ["cut off in a chunk", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nha`, "end"],
    ["that never ends, though 200", `${ok}Content-Length: 10\r\n\r\nhalf`, "hang"],
    ["without end, though 200", `${ok}\r\n`, "flood"],
    ["that never ends, 500", `${no}Content-Length: 10\r\n\r\nhalf`, "hang"],
    ["without end, 500", `${no}\r\n`, "flood"],
    ["cut off, 500", `${no}Content-Length: 10\r\n\r\nhalf`, "end"],
    [
      "that switches protocols",
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
      "hang",
    ],
  ] as const)("%s is an outage, and its socket is closed", async (_what, bytes, then) => {
    const { port, sockets } = await startRawServer(bytes, then);
    const late = new AbortController();
    let ended = false;
    const handing = outcome(`http://127.0.0.1:${port}/`, late.signal).finally(() => {
      ended = true;
    });
    // As the dispatcher does, once the bytes are there.
    if (then === "hang") setTimeout(() => late.abort(), 50);
    expect(await handing).toBe("outage");
    expect(ended).toBe(true);
    while (sockets.size > 0) await turn();
  });

  test("of any 2xx that is whole takes the event, however long it is within a MiB", async () => {
    for (const answer of [`${ok}Content-Length: 0\r\n\r\n`, `${ok}\r\n${"x".repeat(1_000_000)}`]) {
      const { port } = await startRawServer(answer, "end");
      expect(await outcome(`http://127.0.0.1:${port}/`)).toBe("taken");
    }
  });

  test("of 500 that is whole is a refusal", async () => {
    const { port } = await startRawServer(`${no}Content-Length: 4\r\n\r\noops`, "end");
    expect(await outcome(`http://127.0.0.1:${port}/`)).toContain("refused: Error: http://127.0.0.1");
  });

  test("that comes before the body is read, with the connection cut, is heard", async () => {
    const { port } = await listen(
      createServer((socket) => {
        socket.on("error", () => {});
        socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      }),
    );
    const sink = httpSink({ url: `http://127.0.0.1:${port}/`, secret: "shared" });
    const large = handOn("evt_1", undefined, { body: JSON.stringify({ text: "x".repeat(900_000) }) });
    const error = await sink.handOn(large, noSignal).catch((thrown: Error) => thrown);
    // Whether the answer or the reset is seen first is the network's to say; a refusal it is only with an answer.
    expect(String(error)).toMatch(/answered 413|cannot be reached/);
    await sink.close();
  });
});

test("of 300 answers that never end, no more sockets are open than hand-ons are under way, and none after", async () => {
  const answers = new Set<ServerResponse>();
  const { port, sockets } = await listen(
    createHttpServer((incoming, outgoing) => {
      incoming.resume();
      answers.add(outgoing);
      outgoing.writeHead(200).write("x");
    }),
  );
  const sink = httpSink({ url: `http://127.0.0.1:${port}/`, secret: "shared" });
  let most = 0;
  for (let batch = 0; batch < 30; batch++) {
    const late = new AbortController();
    const handing = Array.from({ length: 10 }, (_, n) => sink.handOn(handOn(`evt_${n}`, `k${n}`), late.signal));
    const settled = Promise.allSettled(handing);
    while (answers.size < 10) await turn();
    most = Math.max(most, sockets.size);
    late.abort();
    expect((await settled).every((each) => each.status === "rejected")).toBe(true);
    answers.clear();
    while (sockets.size > 0) await turn();
  }
  expect(most).toBe(10);
  await sink.close();
});
