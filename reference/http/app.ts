/**
 * Every request of the reference: the API under `/v1`, the control API under `/_control`, the console at `/` and under
 * `/_console`. Faults meet the API's requests here, and here each is logged.
 */
import { type AccessRule, findRefusedHeader } from "../../src/http/access.ts";
import { toIso } from "../clock.ts";
import type { Console } from "../console/index.ts";
import { copyBody } from "../console/requests/capture.ts";
import { toKeptRequest } from "../console/requests/log.ts";
import type { ReferenceContext } from "../context.ts";
import type { JsonHandler } from "../control/json-routes.ts";
import { breakAnswer } from "../deviations/broken-answers.ts";
import type { Fault, Faults } from "../deviations/faults.ts";
import { bufferRequest, isWorkedOnLater, type LateWork } from "../deviations/late-work.ts";
import type { Log } from "../log.ts";
import { type Answer, Refusal, type WholeAnswer } from "./answers.ts";
import { callApi } from "./api.ts";
import { findSentKey } from "./auth.ts";
import type { HttpBindings } from "./bindings.ts";
import { addApiEnvelope, addEnvelope, toResponse, writeAnswer } from "./envelope.ts";
import { unknownEndpoint } from "./router.ts";
import { toUnreadableAnswer, type UnreadableRequest } from "./unreadable.ts";

export type App = {
  context: ReferenceContext;
  extensions: boolean;
  faults: Faults;
  late: LateWork;
  /** The control API over HTTP; `null` where it is off. */
  control: JsonHandler | null;
  /** Goes with the control API. */
  console: Console | null;
  /** @param serverUrl where whoever asked found the API; `undefined` where that cannot be told */
  openApi: (serverUrl: string | undefined) => Record<string, unknown>;
  /** Names by which it may be called, beside addresses and this machine's own. */
  allowedHosts: readonly string[];
  /** Holds an answer back (latency faults). Ends early when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: Log;
  /** Called after each request, which may have made something due: deliveries, timers. */
  wakeScheduler: () => void;
  isClosed: () => boolean;
};

/** One request, with its address read and its id given. */
type Exchange = {
  request: Request;
  url: URL;
  requestId: string;
  /** What the server knows of the connection; none in process. */
  env: Partial<HttpBindings> | undefined;
  /** Whether it is the API's: the control API and the console meet no faults. */
  isApi: boolean;
  /** Of the key that the console calls with; `null` where the request brings its own. */
  keyId: string | null;
};

/**
 * `fetch` answers one request. Over a socket `env` is what the server knows of the connection: the control API looks at
 * the peer's address, and faults break the connection itself. Without it, a broken connection is a rejected promise or
 * a body that fails midway, as the global `fetch` shows them.
 */
export function createApp(app: App) {
  const answer = async (
    request: Request,
    env?: Partial<HttpBindings>,
    keyId: string | null = null,
  ): Promise<WholeAnswer | Response> => {
    const requestId = app.context.ids("req");
    const url = new URL(request.url);
    const exchange = { request, url, requestId, env, keyId, isApi: isUnder(url.pathname, "/v1") };
    return serveOpenApi(app, exchange) ?? servePage(app, exchange) ?? answerJson(app, exchange);
  };
  return {
    fetch: async (request: Request, env?: Partial<HttpBindings>): Promise<Response> => {
      const answered = await answer(request, env);
      return answered instanceof Response ? answered : toResponse(request, answered);
    },

    /** As `fetch`, for the console, which calls the API with a key that it knows by its id alone. */
    fetchAs: async (request: Request, keyId: string | null): Promise<Response> => {
      const answered = await answer(request, undefined, keyId);
      return answered instanceof Response ? answered : toResponse(request, answered);
    },

    /** As `fetch`, for a server of the reference's own: the answer is written to its connection. */
    serve: async (request: Request, env: HttpBindings): Promise<Response> => {
      const answered = await answer(request, env);
      return answered instanceof Response ? answered : writeAnswer(request, answered, env.outgoing);
    },

    /** The answer to what is no request. */
    unreadable: (unreadable: UnreadableRequest): WholeAnswer =>
      toUnreadableAnswer(unreadable, app.context.ids("req"), app.context.clock.now()),
  };
}

async function answerJson(app: App, exchange: Exchange): Promise<WholeAnswer | Response> {
  const { request, env } = exchange;
  const started = performance.now();
  const fault = findFault(app, exchange);
  const isShown = app.console !== null && exchange.isApi;
  const copy = isShown ? copyBody(request, env?.incoming !== undefined) : null;
  const isLate = exchange.isApi && fault !== null && isWorkedOnLater(fault, app.context.behaviour.current);
  const laterRequest = isLate ? await bufferRequest(request) : null;
  const answer = await prepareAnswer(app, exchange, fault, isLate);
  app.wakeScheduler();
  app.log({ level: "info", message: "request", status: answer.status, ...logFields(exchange) });

  if (fault?.latencyMs) await app.sleep(fault.latencyMs, request.signal);
  // Who is refused need not send the rest first.
  const body = env?.incoming?.complete === false ? null : await copy;
  showInConsole(app, exchange, answer, { fault, body, durationMs: performance.now() - started });
  if (laterRequest) workLater(app, { ...exchange, request: laterRequest, env: undefined });
  // As the global `fetch` does; over a socket nobody is there any more.
  if (!env?.outgoing) request.signal.throwIfAborted();
  return fault?.kind ? breakAnswer(fault.kind, answer, env?.outgoing) : answer;
}

/** What breaks on the way in place of an answer that is not there yet. */
const noAnswerYet = new Refusal("unavailable", "The request is still being worked on.").toAnswer();

/** The work's answer, or the fault's: with the work done before it, later, or never. */
async function prepareAnswer(app: App, exchange: Exchange, fault: Fault | null, isLate: boolean): Promise<WholeAnswer> {
  const { context } = app;
  const wrap = (answer: Answer): WholeAnswer =>
    (exchange.isApi ? addApiEnvelope : addEnvelope)(context, exchange.requestId, answer);
  const isWithoutWork = isLate || (fault?.status !== undefined && !fault.after);
  const done = isWithoutWork ? noAnswerYet : await doWork(app, exchange);
  return fault?.status === undefined ? wrap(done) : app.faults.answer(fault, wrap);
}

async function doWork(app: App, exchange: Exchange): Promise<Answer> {
  const { request, url, env } = exchange;
  if (app.isClosed()) {
    return new Refusal("unavailable", "The API is shutting down. Try again later.").toAnswer();
  }
  if (exchange.isApi) {
    const reportError = (error: unknown): void =>
      app.log({ level: "error", message: "unexpected error", status: 500, error, ...logFields(exchange) });
    const { extensions } = app;
    const connection = env?.incoming?.socket;
    return callApi(app.context, request, url, { extensions, reportError, keyId: exchange.keyId, connection });
  }
  if (isUnder(url.pathname, "/_control") && app.control) return app.control(request, url, env);
  if (app.console?.serves(url.pathname)) return app.console.data(request, url, env);
  return unknownEndpoint(request.method, url.pathname).toAnswer();
}

/** Has the work done in its time, counted from now. */
function workLater(app: App, exchange: Exchange): void {
  const { clock, behaviour } = app.context;
  app.late.add(clock.now() + behaviour.current.lateWorkMs, async () => {
    await doWork(app, exchange);
  });
  app.wakeScheduler();
}

/** Faults are for the API: who sets them must be able to take them back. */
function findFault(app: App, { request, url: { pathname } }: Exchange): Fault | null {
  const isOwn = pathname === "/" || isUnder(pathname, "/_control") || isUnder(pathname, "/_console");
  return isOwn || app.isClosed() ? null : app.faults.match(request.method, pathname);
}

function serveOpenApi(app: App, { request, url, requestId }: Exchange): Response | null {
  if (url.pathname !== "/v1/openapi.json" || request.method !== "GET") return null;
  return toResponse(request, {
    status: 200,
    headers: { "Content-Type": "application/json", "X-Request-Id": requestId, "Cache-Control": "no-store" },
    text: JSON.stringify(app.openApi(findServerUrl(app, request))),
  });
}

/**
 * Where the API was found by whoever asks: the Host header says it, if it is a name that nobody elsewhere can own. A name
 * that somebody pointed at this server, or put into the header, must not become where others send their keys.
 */
function findServerUrl({ allowedHosts }: App, request: Request): string | undefined {
  const rule: AccessRule = { listening: "0.0.0.0", names: allowedHosts };
  return findRefusedHeader({ url: request.url, headers: request.headers }, rule) === "Host"
    ? undefined
    : `${new URL(request.url).origin}/v1`;
}

/** What the console serves that is no JSON. */
function servePage(app: App, { request, url, requestId, env }: Exchange): Response | null {
  if (app.isClosed() || !app.console?.serves(url.pathname)) return null;
  try {
    return app.console.page(request, url, env);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return toResponse(request, addEnvelope(app.context, requestId, error.toAnswer()));
  }
}

function showInConsole(
  { console, context }: App,
  { request, url, requestId, isApi, keyId }: Exchange,
  answer: WholeAnswer,
  circumstances: { fault: Fault | null; durationMs: number; body: Uint8Array<ArrayBuffer> | null },
): void {
  if (!console || !isApi) return;
  const at = toIso(context.clock.now());
  const { keys } = context.store;
  const key = keyId === null ? findSentKey(request.headers.get("authorization"), context.store) : keys.byId(keyId);
  const kept = toKeptRequest(request, url, answer, { ...circumstances, key: key ?? null, at, requestId });
  console.requests.add(kept);
  const { line } = kept;
  context.counters.countRequest(line.orgId, line);
  context.changes.note({ kind: "request" });
}

function logFields({ request, url, requestId }: Exchange) {
  return { requestId, method: request.method, path: url.pathname };
}

function isUnder(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
