/** What the tests of `onsync listen` share: receivers in this process, a sink that they hand on to, and OnSync. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { type ListenOptions, startListening } from "../../../cli/listen/start-listening.ts";
import { createLog, toLogFunction } from "../../../cli/output/log.ts";
import { createReference, type Reference } from "../../../reference/index.ts";
import { verifySignature } from "../../../src/api/signature.ts";
import { createOnSync, type OnSync, type Transport } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";

/** A folder for the files of one test file, which is gone after it. */
export function useFolder(): { folder: string; newFile(): string } {
  const folder = mkdtempSync(join(tmpdir(), "onsync-listen-"));
  let files = 0;
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    newFile: () => {
      files += 1;
      return join(folder, `${files}.db`);
    },
  };
}

type HandedOn = { id: string; isGenuine: (secret: string) => boolean };

/** A web server that events are forwarded to. */
export class ForwardSink {
  handedOn: HandedOn[] = [];
  #notify: () => void = () => {};
  readonly #server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => {
      const body = Buffer.concat(parts);
      this.handedOn.push({
        id: String(request.headers["x-onsync-delivery"]),
        isGenuine: (secret) => verifySignature(body, String(request.headers["x-onsync-signature"]), secret),
      });
      response.end();
      this.#notify();
    });
  });

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when it has seen what the test waits for. */
  until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#notify = () => isDone() && resolve();
      this.#notify();
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  forget(): void {
    this.handedOn = [];
    this.#notify = () => {};
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A sink for the tests of one file; each finds it empty. */
export function useSink(): ForwardSink {
  const sink = new ForwardSink();
  beforeAll(() => sink.listen());
  afterEach(() => sink.forget());
  afterAll(() => sink.close());
  return sink;
}

const defaultOptions = { port: 0, host: "127.0.0.1", attempts: 10, retry: 1, concurrency: 32, keepDays: 7 };

/** `onsync listen --forward` to the sink, in this process. */
export function listen(sink: ForwardSink, env: Record<string, string>, options: Partial<ListenOptions>) {
  const logger = createLog({ ONSYNC_LOG_LEVEL: "silent" }, "silent");
  const out = { write: () => {} };
  const io = { env, stdin: (async function* () {})(), stdout: out, stderr: out };
  return startListening({
    io,
    options: { ...defaultOptions, forward: sink.url, ...options },
    logger,
    log: toLogFunction(logger),
  });
}

/** OnSync on a port, and the environment by which commands use it. */
export async function startApi() {
  const reference = createReference({ rateLimit: 1_000_000 });
  const { url } = await reference.listen();
  return {
    reference,
    env: { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url },
    [Symbol.asyncDispose]: () => reference.close(),
  };
}

export function createClient(
  reference: Reference,
  wrapTransport: (transport: Transport) => Transport = (transport) => transport,
): OnSync {
  return createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    // Waits between retries are over at once, deadlines never come.
    clock: { now: Date.now, sleep: (ms) => (ms < 5000 ? Promise.resolve() : new Promise(() => {})) },
    transport: wrapTransport(fetchTransport((request) => reference.fetch(request))),
  });
}

export function receiveMessage(reference: Reference, n: number) {
  return reference.control.inbound({ platform: "whatsapp", from: `+97150000000${n % 5}`, content: `message ${n}` });
}

/** How a registration and a rotation wait in these tests: briefly. */
export const briefWaits = {
  drainMs: 1000,
  now: Date.now,
  say: () => {},
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 20))),
};
