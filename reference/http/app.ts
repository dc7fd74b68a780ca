/**
 * Every request of the reference: the API under `/v1`, the control API under `/_control`, the console at `/` and under
 * `/_console`; envelope, faults and log.
 */
import type { HttpBindings } from "@hono/node-server";
import { toIso } from "../clock.ts";
import type { Console } from "../console/index.ts";
import { loggedRequest } from "../console/request-log.ts";
import type { ReferenceContext } from "../context.ts";
import type { JsonHandler } from "../control/json-routes.ts";
import { formatTimes, isFrameworkNotFound } from "../deviations/behaviour.ts";
import { breakAnswer, hasNoBody } from "../deviations/broken-answers.ts";
import { type Fault, type Faults, isOwnRefusal } from "../deviations/faults.ts";
import { bufferRequest, type LateWork } from "../deviations/late-work.ts";
import { type Answer, Refusal, type WholeAnswer } from "./answers.ts";
import { callApi } from "./api.ts";
import { findOrgOfSentKey } from "./auth.ts";
import { unknownEndpoint } from "./route.ts";
import { toUnreadableAnswer, type UnreadableRequest } from "./unreadable.ts";

/** One line a request, one for each error nobody foresaw, and warnings about what it was started with. Never a key, never a body. */
export type LogEntry = {
  level: "info" | "warn" | "error";
  message: string;
  requestId: string;
  method: string;
  path: string;
  status: number;
  error?: unknown;
};
export type Log = (entry: LogEntry) => void;

export type App = {
  context: ReferenceContext;
  extensions: boolean;
  faults: Faults;
  late: LateWork;
  /** The control API over HTTP; `null` where it is off. */
  control: JsonHandler | null;
  /** Goes with the control API. */
  console: Console | null;
  openApi: () => Record<string, unknown>;
  /** Holds an answer back (latency faults). Ends early when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: Log;
  /** The request may have made something due: deliveries, timers. */
  afterwards: () => void;
  closed: () => boolean;
};

function isUnder(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

/** JSON, with the envelope every body carries. */
function withEnvelope(app: App, requestId: string, { status, body, headers }: Answer): WholeAnswer {
  return {
    status,
    headers: { "Content-Type": "application/json", "X-Request-Id": requestId, "Cache-Control": "no-store", ...headers },
    text: JSON.stringify({ ...body, requestId, timestamp: toIso(app.context.clock.now()) }),
  };
}

/** As {@link withEnvelope}, in the forms that the behaviour asks for. */
function apiAnswer(app: App, requestId: string, answer: Answer): WholeAnswer {
  const { current: behaviour } = app.context.behaviour;
  if (isFrameworkNotFound(answer, behaviour)) {
    const { message } = answer.body.error as { message: string };
    return {
      status: 404,
      headers: { "Content-Type": "application/json; charset=utf-8" },
      text: JSON.stringify({ statusCode: 404, error: "Not Found", message }),
    };
  }
  const whole = withEnvelope(app, requestId, answer);
  return behaviour.times === "utc"
    ? whole
    : { ...whole, text: JSON.stringify(formatTimes(JSON.parse(whole.text), behaviour)) };
}

async function routeRequest(
  app: App,
  request: Request,
  url: URL,
  env: Partial<HttpBindings> | undefined,
  failed: (error: unknown) => void,
): Promise<Answer> {
  if (app.closed()) {
    return new Refusal("unavailable", "The API is shutting down. Try again later.").toAnswer();
  }
  if (isUnder(url.pathname, "/v1")) return callApi(app.context, request, url, { extensions: app.extensions, failed });
  if (isUnder(url.pathname, "/_control") && app.control) return app.control(request, url, env);
  if (app.console?.serves(url.pathname)) return app.console.data(request, url, env);
  return unknownEndpoint(request.method, url.pathname).toAnswer();
}

/** Faults are for the API: who sets them must be able to take them back. */
function isControlPath(path: string): boolean {
  return path === "/" || isUnder(path, "/_control") || isUnder(path, "/_console");
}

function respond(request: Request, { status, headers, text }: WholeAnswer): Response {
  return new Response(request.method === "HEAD" || hasNoBody(status) ? null : text, { status, headers });
}

/** What breaks on the way in place of an answer that is not there yet. */
const noAnswerYet = new Refusal("unavailable", "The request is still being worked on.").toAnswer();

/**
 * `fetch` answers one request. Over a socket `env` is what the server knows of the connection: the control API looks at
 * the peer's address, and faults break the connection itself. Without it, a broken connection is a rejected promise or
 * a body that fails midway, as the global `fetch` shows them.
 */
export function createApp(app: App) {
  /** Whether the work of a request that meets this fault is done after its answer. */
  const isWorkedOnLater = (url: URL, fault: Fault | null): boolean => {
    if (fault === null || app.context.behaviour.current.lateWorkMs === 0 || !isUnder(url.pathname, "/v1")) return false;
    const answersForTheWork = fault.kind !== undefined || (fault.status !== undefined && !fault.after);
    return answersForTheWork && !isOwnRefusal(fault);
  };

  /** Has the work done in its time, counted from now. */
  const workLater = (request: Request, url: URL, failed: (error: unknown) => void): void => {
    app.late.add(app.context.clock.now() + app.context.behaviour.current.lateWorkMs, async () => {
      await routeRequest(app, request, url, undefined, failed);
    });
    app.afterwards();
  };

  const handle = async (
    request: Request,
    url: URL,
    requestId: string,
    env: Partial<HttpBindings> | undefined,
  ): Promise<Response> => {
    const { method } = request;
    const started = performance.now();
    const isApi = isUnder(url.pathname, "/v1");
    const entry = { requestId, method, path: url.pathname };
    const failed = (error: unknown): void =>
      app.log({ level: "error", message: "unexpected error", status: 500, error, ...entry });

    const inEnvelope = isApi ? apiAnswer : withEnvelope;
    const work = () => routeRequest(app, request, url, env, failed);
    const fault: Fault | null =
      isControlPath(url.pathname) || app.closed() ? null : app.faults.match(method, url.pathname);
    const late = isWorkedOnLater(url, fault);
    const kept = late ? await bufferRequest(request) : null;
    const done = late || (fault?.status !== undefined && !fault.after) ? noAnswerYet : await work();
    const whole =
      fault?.status === undefined
        ? inEnvelope(app, requestId, done)
        : app.faults.answer(fault, (refused) => inEnvelope(app, requestId, refused));
    app.afterwards();
    app.log({ level: "info", message: "request", status: whole.status, ...entry });

    if (fault?.latencyMs) await app.sleep(fault.latencyMs, request.signal);
    if (app.console && isApi) {
      const durationMs = performance.now() - started;
      const at = toIso(app.context.clock.now());
      const orgId = findOrgOfSentKey(request.headers.get("authorization"), app.context.store);
      app.console.requests.add(loggedRequest(request, url, whole, { orgId, at, requestId, durationMs, fault }));
      app.context.changes.note({ kind: "request" });
    }
    if (kept) workLater(kept, url, failed);
    // As the global `fetch` does; over a socket nobody is there any more.
    if (!env?.outgoing) request.signal.throwIfAborted();
    return fault?.kind ? breakAnswer(fault.kind, whole, env?.outgoing) : respond(request, whole);
  };

  /** What the console serves that is no JSON. */
  const page = (
    request: Request,
    url: URL,
    requestId: string,
    env: Partial<HttpBindings> | undefined,
  ): Response | null => {
    if (app.closed() || !app.console?.serves(url.pathname)) return null;
    try {
      return app.console.page(request, url, env);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return respond(request, withEnvelope(app, requestId, error.toAnswer()));
    }
  };

  return {
    fetch: async (request: Request, env?: Partial<HttpBindings>): Promise<Response> => {
      const requestId = app.context.ids("req");
      const url = new URL(request.url);
      if (url.pathname === "/v1/openapi.json" && request.method === "GET") {
        return respond(request, {
          status: 200,
          headers: { "Content-Type": "application/json", "X-Request-Id": requestId },
          text: JSON.stringify(app.openApi()),
        });
      }
      return page(request, url, requestId, env) ?? handle(request, url, requestId, env);
    },

    /** The answer to what is no request. */
    unreadable: (unreadable: UnreadableRequest): WholeAnswer =>
      toUnreadableAnswer(unreadable, app.context.ids("req"), app.context.clock.now()),
  };
}
