/**
 * What stands between the app and OnSync: passes requests on to the reference API, loses, delays and spoils their answers
 * as the run's trouble says, and remembers which run made which message.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reference } from "../../reference/index.ts";
import type { PlatformClock } from "./clock.ts";
import type { ApiFault, MadeRequest, Run, WorkDone } from "./run.ts";

type LateWork = { at: number; work: () => Promise<unknown> };

type Passed = { status: number; headers: Headers; text: string };

function ownError(status: number, code: string): string {
  return JSON.stringify({
    error: { code, message: `A simulated fault answers ${status}.` },
    requestId: "req_simulated",
    timestamp: "2024-12-01T10:00:00.000Z",
  });
}

/** What the app is answered by a fault that hides OnSync's own answer; `null`: nothing at all. */
function spoilAnswer(fault: ApiFault): { status: number; type: string; text: string; retryAfter?: number } | null {
  switch (fault.kind) {
    case "gateway":
      return { status: fault.status, type: "text/html", text: `<html><h1>${fault.status}</h1></html>` };
    case "own": {
      const code = fault.status === 500 ? "internal" : "unavailable";
      return { status: fault.status, type: "application/json", text: ownError(fault.status, code) };
    }
    case "throttled":
      return {
        status: 429,
        type: "application/json",
        text: ownError(429, "rate_limited"),
        retryAfter: fault.retryAfterSeconds,
      };
    case "other answer":
      return { status: fault.status, type: "application/json", text: JSON.stringify(fault.body) };
    default:
      return null;
  }
}

function readWork(fault: ApiFault): WorkDone {
  if (fault.kind === "throttled" || fault.kind === "other answer") return "never";
  return fault.kind === "slow" || fault.kind === "truncated" ? "before" : fault.work;
}

function readMessageId({ status, text }: Passed): string | null {
  if (status !== 201) return null;
  const { id } = JSON.parse(text) as { id?: unknown };
  return typeof id === "string" && id.startsWith("msg_") ? id : null;
}

/** An incoming request, with where its answer goes. */
export type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse };

export class Tap {
  readonly requests: MadeRequest[] = [];
  readonly #late = new Set<LateWork>();
  readonly #reference: Reference;
  readonly #clock: PlatformClock;

  constructor(reference: Reference, clock: PlatformClock) {
    this.#reference = reference;
    this.#clock = clock;
  }

  /** @param path as OnSync has it, query included: `/v1/contacts?phone=…` */
  async handle(run: Run | null, path: string, body: string, exchange: Exchange): Promise<void> {
    const { incoming, outgoing } = exchange;
    const isCutOff = run?.isKilled === true;
    const isBegun = run?.begin("request") ?? true;
    // What a run asks for after it was cut off was never asked.
    if (isCutOff) return void outgoing.destroy();
    const made: MadeRequest = {
      run: run?.token ?? "",
      key: incoming.headers.authorization ?? "",
      at: this.#clock.now(),
      method: incoming.method ?? "GET",
      path,
      body,
      status: null,
      messageId: null,
      fault: null,
    };
    this.requests.push(made);
    if (!isBegun) return void outgoing.destroy();
    const fault = run?.trouble.api?.(run.requests, made) ?? null;
    made.fault = fault?.kind ?? null;
    const work = fault ? readWork(fault) : "before";
    const passed = work === "before" ? await this.#passOn(made, incoming) : null;
    if (typeof work === "number") this.#postpone(work, () => this.#passOn(made, incoming));
    run?.finish("request");
    if (fault?.kind === "slow") await this.#clock.sleep(fault.ms);
    if (passed && (!fault || fault.kind === "slow")) return answer(outgoing, passed);
    if (passed && fault?.kind === "truncated") return breakOff(outgoing, passed);
    answerWrongly(outgoing, fault as ApiFault);
  }

  /** Does the late work that is due by now; `all`: whatever waits. */
  async finishLateWork(all = false): Promise<void> {
    for (const entry of [...this.#late].sort((a, b) => a.at - b.at)) {
      if ((!all && entry.at > this.#clock.now()) || !this.#late.delete(entry)) continue;
      await entry.work();
    }
  }

  async #passOn(made: MadeRequest, incoming: IncomingMessage): Promise<Passed> {
    const { "content-type": type, authorization } = incoming.headers;
    const { method, path, body } = made;
    const headers = { ...(type && { "Content-Type": type }), ...(authorization && { Authorization: authorization }) };
    const response = await this.#reference.fetch(
      new Request(`http://127.0.0.1${path}`, { method, headers, ...(body !== "" && { body }) }),
    );
    const passed = { status: response.status, headers: response.headers, text: await response.text() };
    made.status = passed.status;
    if (path.startsWith("/v1/messaging/send")) made.messageId = readMessageId(passed);
    return passed;
  }

  #postpone(ms: number, work: () => Promise<unknown>): void {
    const entry = { at: this.#clock.now() + ms, work };
    this.#late.add(entry);
    void this.#clock.sleep(ms).then(() => (this.#late.delete(entry) ? work() : undefined));
  }
}

function answer(outgoing: ServerResponse, { status, headers, text }: Passed): void {
  outgoing.writeHead(status, Object.fromEntries(headers)).end(text);
}

function breakOff(outgoing: ServerResponse, { status, text }: Passed): void {
  outgoing.writeHead(status, { "Content-Type": "application/json", "Content-Length": text.length });
  outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy());
}

function answerWrongly(outgoing: ServerResponse, fault: ApiFault): void {
  const spoiled = spoilAnswer(fault);
  if (!spoiled) return void outgoing.destroy();
  const { status, type, text, retryAfter } = spoiled;
  outgoing.writeHead(status, { "Content-Type": type, ...(retryAfter && { "Retry-After": retryAfter }) }).end(text);
}
