/**
 * What stands between each client and the API: it writes down every request, and loses requests and answers, answers in a
 * gateway's place, and holds requests back.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../hostile/random.ts";
import type { WireRequest } from "../evidence.ts";

const faults = [
  "cut before",
  "cut after",
  "truncate",
  "limit",
  "gateway",
  "gateway after",
  "late answer",
  "late work",
] as const;
type Fault = (typeof faults)[number];

const maxRetryAfterSeconds = 3;
const maxLateAnswerMs = 1_500;
/** Longer than a client waits for it, and within what it must reckon with. */
const maxLateWorkMs = 14_000;
const lateWorkShare = 0.1;

export type ApiProxy = {
  wire: WireRequest[];
  /** Of requests, how many meet a fault. */
  share: number;
  /** The base URL for clients. */
  url: string;
  close(): Promise<void>;
};

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function ask(port: number, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming;
    const given = { ...headers, host: `127.0.0.1:${port}`, connection: "close" };
    const onward = request(
      { host: "127.0.0.1", port, method, path: url, headers: given, timeout: 60_000 },
      (answer) => {
        readBody(answer).then(
          (read) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }),
          reject,
        );
      },
    );
    onward.on("timeout", () => onward.destroy(new Error("no answer")));
    onward.on("error", reject);
    onward.end(body);
  });
}

function describe(body: Buffer): Pick<WireRequest, "identity" | "content"> {
  try {
    const given = JSON.parse(body.toString()) as Record<string, Record<string, unknown> & string>;
    const identity = given.metadata?.clientReference ?? given.properties?.externalId ?? null;
    return { identity: identity as string | null, content: given.content ?? null };
  } catch {
    return { identity: null, content: null };
  }
}

class RecordingProxy implements ApiProxy {
  readonly wire: WireRequest[] = [];
  share = 0;
  readonly #port: number;
  readonly #random: Random;
  readonly #slots: ReadonlyMap<string, string>;
  readonly #server: Server;
  #requests = 0;

  constructor(port: number, slots: ReadonlyMap<string, string>, random: Random) {
    this.#port = port;
    this.#slots = slots;
    this.#random = random;
    this.#server = createServer((incoming, outgoing) => {
      outgoing.on("error", () => {});
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
    // Longer than clients keep theirs: what is cut off is cut off by a fault.
    this.#server.keepAliveTimeout = 120_000;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #drawFault(): Fault | null {
    if (!this.#random.chance(this.share)) return null;
    const fault = this.#random.pick(faults);
    return fault === "late work" && !this.#random.chance(lateWorkShare) ? "late answer" : fault;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const at = performance.now();
    const slot = this.#slots.get(incoming.headers.authorization ?? "") ?? "another";
    const body = await readBody(incoming);
    const noted: WireRequest = {
      ...{ slot, at, method: incoming.method ?? "", path: incoming.url ?? "", ...describe(body) },
      ...{ forwardedAt: null, status: null, answeredAt: null, retryAfterMs: null },
    };
    this.wire.push(noted);
    const fault = this.#drawFault();
    try {
      await this.#answer(noted, fault, incoming, body, outgoing);
    } finally {
      noted.answeredAt = performance.now();
    }
  }

  async #answer(
    noted: WireRequest,
    fault: Fault | null,
    incoming: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<void> {
    if (fault === "cut before") return void outgoing.destroy();
    if (fault === "gateway") return answerAsGateway(outgoing);
    if (fault === "limit") return this.#limit(noted, outgoing);
    if (fault === "late work") await delay(this.#random.next() * maxLateWorkMs);
    noted.forwardedAt = performance.now();
    const answer = await ask(this.#port, incoming, body).catch(() => null);
    if (!answer) return this.#random.chance(0.5) ? answerAsGateway(outgoing) : void outgoing.destroy();
    noted.status = answer.status;
    if (fault === "late answer") await delay(this.#random.next() * maxLateAnswerMs);
    if (fault === "cut after") return void outgoing.destroy();
    if (fault === "gateway after") return answerAsGateway(outgoing);
    if (answer.status === 429) noted.retryAfterMs = 1_000 * Number(answer.headers["retry-after"] ?? 0);
    const { "transfer-encoding": _, connection: __, ...headers } = answer.headers;
    outgoing.writeHead(answer.status, { ...headers, "content-length": answer.body.length });
    if (fault !== "truncate") return void outgoing.end(answer.body);
    outgoing.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => outgoing.destroy());
  }

  /** In the API's own words, as proof that nothing was done. */
  #limit(noted: WireRequest, outgoing: ServerResponse): void {
    const seconds = this.#random.whole(1, maxRetryAfterSeconds);
    noted.retryAfterMs = seconds * 1_000;
    this.#requests += 1;
    const requestId = `req_${String(this.#requests).padStart(26, "0")}`;
    const error = { code: "rate_limited", message: "Too many requests.", details: [] };
    const text = JSON.stringify({ error, requestId, timestamp: new Date().toISOString() });
    outgoing.writeHead(429, {
      ...{ "content-type": "application/json", "retry-after": String(seconds), "x-request-id": requestId },
    });
    outgoing.end(text);
  }
}

function answerAsGateway(outgoing: ServerResponse): void {
  outgoing.writeHead(502, { "content-type": "text/html" }).end("<html><body>Bad gateway</body></html>");
}

/**
 * @param port where the API is
 * @param slots by what a client shows for its authorization, who it is
 */
export async function openApiProxy(
  port: number,
  slots: ReadonlyMap<string, string>,
  random: Random,
): Promise<ApiProxy> {
  const proxy = new RecordingProxy(port, slots, random);
  await proxy.listen();
  return proxy;
}
