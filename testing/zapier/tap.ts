/**
 * What stands between the app and OnSync: passes requests on to the reference API, loses, delays and spoils their answers
 * as the run's trouble says, and remembers which run made which message.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reference } from "../../reference/index.ts";
import type { PlatformClock } from "./clock.ts";
import type { ApiFault, MadeRequest, Run, WorkDone } from "./run.ts";

type LateWork = { at: number; work: () => Promise<unknown> };

export type Tap = {
  readonly requests: readonly MadeRequest[];
  /** @param path as OnSync has it, query included: `/v1/contacts?phone=…` */
  handle(
    run: Run | null,
    path: string,
    body: string,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void>;
  /** Does the late work that is due by now; `all`: whatever waits. */
  finishLateWork(all?: boolean): Promise<void>;
};

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

export function createTap(reference: Reference, clock: PlatformClock): Tap {
  const requests: MadeRequest[] = [];
  const late = new Set<LateWork>();

  async function pass(made: MadeRequest, incoming: IncomingMessage): Promise<Passed> {
    const { "content-type": type, authorization } = incoming.headers;
    const { method, path, body } = made;
    const headers = { ...(type && { "Content-Type": type }), ...(authorization && { Authorization: authorization }) };
    const response = await reference.fetch(
      new Request(`http://127.0.0.1${path}`, { method, headers, ...(body !== "" && { body }) }),
    );
    const passed = { status: response.status, headers: response.headers, text: await response.text() };
    made.status = passed.status;
    if (path.startsWith("/v1/messaging/send")) made.messageId = readMessageId(passed);
    return passed;
  }

  function postpone(ms: number, work: () => Promise<unknown>): void {
    const entry = { at: clock.now() + ms, work };
    late.add(entry);
    void clock.sleep(ms).then(() => (late.delete(entry) ? work() : undefined));
  }

  async function spoil(
    fault: ApiFault,
    made: MadeRequest,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const work = readWork(fault);
    const passed = work === "before" ? await pass(made, incoming) : null;
    if (typeof work === "number") postpone(work, () => pass(made, incoming));
    if (fault.kind === "slow" && passed) {
      await clock.sleep(fault.ms);
      return answer(outgoing, passed);
    }
    if (fault.kind === "truncated" && passed) {
      outgoing.writeHead(passed.status, { "Content-Type": "application/json", "Content-Length": passed.text.length });
      outgoing.write(passed.text.slice(0, passed.text.length / 2), () => outgoing.destroy());
      return;
    }
    const spoiled = spoilAnswer(fault);
    if (!spoiled) return void outgoing.destroy();
    const { status, type, text, retryAfter } = spoiled;
    outgoing.writeHead(status, { "Content-Type": type, ...(retryAfter && { "Retry-After": retryAfter }) }).end(text);
  }

  return {
    requests,
    handle: async (run, path, body, incoming, outgoing) => {
      const method = incoming.method ?? "GET";
      const made: MadeRequest = {
        run: run?.token ?? "",
        at: clock.now(),
        method,
        path,
        body,
        status: null,
        messageId: null,
        fault: null,
      };
      requests.push(made);
      if (run) run.requests += 1;
      if (run?.reach("request", "before")) return void outgoing.destroy();
      const fault = run?.trouble.api?.(run.requests, { method, path }) ?? null;
      made.fault = fault?.kind ?? null;
      if (fault) return spoil(fault, made, incoming, outgoing);
      const passed = await pass(made, incoming);
      if (run?.reach("request", "after")) return void outgoing.destroy();
      answer(outgoing, passed);
    },
    finishLateWork: async (all = false) => {
      for (const entry of [...late].sort((a, b) => a.at - b.at)) {
        if ((!all && entry.at > clock.now()) || !late.delete(entry)) continue;
        await entry.work();
      }
    },
  };
}

function answer(outgoing: ServerResponse, { status, headers, text }: Passed): void {
  outgoing.writeHead(status, Object.fromEntries(headers)).end(text);
}
