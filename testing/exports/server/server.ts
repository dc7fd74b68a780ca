/**
 * An OnSync of its own for the torture of exports: it answers from its inbox, late, with a limit, and with every way in which an
 * answer can be lost. It shares no code with the client or the reference.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../hostile/random.ts";
import type { Inbox } from "../inbox/inbox.ts";
import { type Limit, limitHeaders, RateLimit } from "./rate-limit.ts";
import { type Answer, type RouteSettings, Routes } from "./routes.ts";

export type ServerSettings = Omit<RouteSettings, "random"> & {
  key: string;
  /** Of the requests, what is in trouble. */
  faultShare: number;
  maxLatencyMs: number;
  limit: Limit;
};

const faults = [
  "reset before",
  "reset after",
  "truncate",
  "garbage",
  "own 500",
  "own 503",
  "gateway's 502",
  "gateway's 404",
  "429",
  "slow",
] as const;
type Fault = (typeof faults)[number];

export type Asked = { at: number; method: string; path: string; status: number | null };

export type ExportServer = {
  url: string;
  asked: readonly Asked[];
  /** From now on; what a connection that is being read was told stays. */
  setFaultShare(share: number): void;
  close(): Promise<void>;
};

class TroubledServer {
  readonly asked: Asked[] = [];
  readonly #routes: Routes;
  readonly #limit: RateLimit;
  readonly #settings: ServerSettings;
  readonly #random: Random;
  faultShare: number;

  constructor(inbox: Inbox, settings: ServerSettings, random: Random) {
    this.#routes = new Routes(inbox, { ...settings, random: random.next });
    this.#limit = new RateLimit(settings.limit);
    this.#settings = settings;
    this.#random = random;
    this.faultShare = settings.faultShare;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://onsync.example");
    const asked: Asked = {
      at: Date.now(),
      method: request.method ?? "",
      path: `${url.pathname}${url.search}`,
      status: null,
    };
    this.asked.push(asked);
    request.resume();
    const fault = this.#random.chance(this.faultShare) ? this.#random.pick(faults) : null;
    await delay(this.#random.next() * this.#settings.maxLatencyMs + (fault === "slow" ? 400 : 0));
    if (fault === "reset before") return void request.socket.destroy();
    const answer = this.#work(request, url, fault);
    await delay(this.#random.next() * this.#settings.maxLatencyMs);
    if (this.#break(fault, request, response, answer)) return;
    asked.status = answer.status;
    this.#send(response, answer.status, this.#wrap(answer.body), answer.status === 429 ? { "retry-after": "1" } : {});
  }

  #work(request: IncomingMessage, url: URL, fault: Fault | null): Answer {
    const error = (status: number, code: string) => ({ status, body: { error: { code, message: "not now" } } });
    if (request.headers.authorization !== `Bearer ${this.#settings.key}`) return error(401, "invalid_api_key");
    if (fault === "429" || !this.#limit.take()) return error(429, "rate_limited");
    if (fault === "own 500") return error(500, "internal");
    if (fault === "own 503") return error(503, "unavailable");
    return this.#routes.answer(request.method ?? "", url);
  }

  /** @returns whether the answer is lost, or is no answer of OnSync's */
  #break(fault: Fault | null, request: IncomingMessage, response: ServerResponse, answer: Answer): boolean {
    const text = this.#wrap(answer.body);
    const html = { "content-type": "text/html" };
    if (fault === "reset after") request.socket.destroy();
    else if (fault === "garbage") this.#send(response, 200, text.slice(0, -1));
    else if (fault === "gateway's 502") this.#send(response, 502, "<html>Bad gateway</html>", html);
    else if (fault === "gateway's 404") this.#send(response, 404, "<html>Not found</html>", html);
    else if (fault === "truncate") {
      response.writeHead(answer.status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => request.socket.destroy());
    } else return false;
    return true;
  }

  #wrap(body: object): string {
    const requestId = `req_${this.asked.length}`;
    return JSON.stringify({ ...body, requestId, timestamp: new Date().toISOString() });
  }

  #send(response: ServerResponse, status: number, text: string, more: Record<string, string> = {}): void {
    response.writeHead(status, { "content-type": "application/json", ...limitHeaders, ...more }).end(text);
  }
}

export async function startExportServer(inbox: Inbox, settings: ServerSettings, random: Random): Promise<ExportServer> {
  const troubled = new TroubledServer(inbox, settings, random);
  const server = createServer(
    (request, response) => void troubled.answer(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: troubled.asked,
    setFaultShare(share) {
      troubled.faultShare = share;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
