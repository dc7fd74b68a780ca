/**
 * A server that may lose the answer to a send, do its work long after, fail at its history, or have its clock off; and a
 * client that sends one message to it.
 */
import fc from "fast-check";
import type {
  OnSync,
  OnSyncError,
  SentMessage,
  TransportRequest,
  TransportResponse,
} from "../../../src/client/index.ts";
import { MessageStore } from "../../../testing/message-store.ts";
import { html, networkError, never, type Step, scriptedOnSync } from "../../../testing/scripted.ts";
import type { VirtualClock } from "../../../testing/virtual-clock.ts";

/** What happens to one POST: whether and when its work is done, and what the client sees of it. */
type Post = {
  /** Milliseconds after it was asked for; `null`: never. */
  works: number | null;
  sees:
    | "answer"
    | "reset"
    | "silence"
    | "truncated"
    | "malformed"
    | "no id"
    | "html 502"
    | "html 403"
    | "html 429"
    | "408"
    | "302"
    | "500"
    | "503";
};
/** Refusals: nothing is done. */
type Refused = { works: null; sees: "no connection" | "429" | "429 for long" | "400" | "window" | "403" };
export type Fate = Post | Refused;
export type History = "fine" | "forbidden" | "down" | "flaky" | "hangs" | "html 404";

const late = fc.oneof(fc.constant(0), fc.nat({ max: 20_000 }), fc.integer({ min: 20_000, max: 600_000 }));
export const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.record<Post>({
    works: fc.option(late),
    sees: fc.constantFrom("reset", "silence", "html 502", "html 403", "html 429", "408", "302", "500", "503"),
  }),
  fc.record<Post>({ works: fc.constant(0), sees: fc.constantFrom("answer", "truncated", "malformed", "no id") }),
  fc.record<Refused>({
    works: fc.constant(null),
    sees: fc.constantFrom("no connection", "429", "429 for long", "400", "window", "403"),
  }),
);
const fine: Fate = { works: 0, sees: "answer" };

type Case = {
  fates: Fate[];
  history: History;
  skew: number;
  clockless: boolean;
  earlier: number[];
  busy: number;
  latency: number;
};

class SendModel {
  readonly store = new MessageStore();
  readonly #case: Case;
  readonly #clock: () => VirtualClock;
  posts = 0;
  #looks = 0;

  constructor(played: Case, clock: () => VirtualClock) {
    this.#case = played;
    this.#clock = clock;
  }

  now(): number {
    return this.#clock().now() + this.#case.skew;
  }

  async answer(request: TransportRequest): Promise<TransportResponse> {
    const planned: Fate | undefined = request.method === "POST" ? (this.#case.fates[this.posts++] ?? fine) : undefined;
    await this.#clock().sleep(this.#case.latency);
    return planned ? this.#post(request, planned) : this.#look(request);
  }

  #respond(status: number, body: object, headers = {}): TransportResponse {
    const timestamp = !this.#case.clockless && { timestamp: new Date(this.now()).toISOString() };
    return { status, headers, text: JSON.stringify({ ...body, requestId: "req_1", ...timestamp }) };
  }

  #refuse(status: number, code: string, headers = {}): TransportResponse {
    return this.#respond(status, { error: { code, message: code } }, headers);
  }

  #post(request: TransportRequest, { works, sees }: Fate): TransportResponse | Promise<TransportResponse> {
    const { metadata } = JSON.parse(request.body ?? "");
    const work = () => {
      // Customers write meanwhile, in the same millisecond too.
      for (let index = 0; index < this.#case.busy; index++) this.store.add(this.now());
      return this.store.add(this.now(), metadata);
    };
    const message = works === 0 ? work() : undefined;
    if (works) void this.#clock().sleep(works).then(work);
    return this.#show(sees, message);
  }

  /** What the client sees of a POST. */
  #show(sees: Fate["sees"], message: object | undefined): TransportResponse | Promise<TransportResponse> {
    const text = JSON.stringify({ ...message, requestId: "req_1" });
    const views: Record<Fate["sees"], () => TransportResponse | Promise<TransportResponse>> = {
      answer: () => this.#respond(201, message ?? {}),
      reset: () => Promise.reject(networkError("ECONNRESET")),
      silence: never,
      truncated: () => ({ status: 201, headers: {}, text: text.slice(0, 20), incomplete: new Error("terminated") }),
      malformed: () => ({ status: 201, headers: {}, text: text.slice(0, 20) }),
      "no id": () => this.#respond(201, {}),
      "html 502": () => html(502),
      "html 403": () => html(403),
      "html 429": () => html(429),
      "408": () => this.#refuse(408, "request_timeout"),
      "500": () => this.#refuse(500, "internal"),
      "503": () => this.#refuse(503, "unavailable"),
      "no connection": () => Promise.reject(networkError("ECONNREFUSED", "connect")),
      "429": () => this.#refuse(429, "rate_limited", { "retry-after": "2" }),
      "429 for long": () => this.#refuse(429, "rate_limited", { "retry-after": "3600" }),
      "400": () => this.#refuse(400, "validation_failed"),
      window: () => this.#refuse(400, "outside_messaging_window"),
      "403": () => this.#refuse(403, "insufficient_scope"),
      "302": () => ({ status: 302, headers: { location: "https://elsewhere.example.com/" }, text: "" }),
    };
    return views[sees]();
  }

  #look({ url }: TransportRequest): TransportResponse | Promise<TransportResponse> {
    const { history } = this.#case;
    this.#looks += 1;
    if (history === "forbidden") return this.#refuse(403, "insufficient_scope");
    if (history === "down") return html(502);
    if (history === "hangs") return never();
    if (history === "html 404") return html(404);
    if (history === "flaky" && this.#looks % 2 === 1) throw networkError("ECONNRESET");
    if (this.store.messages.length === 0) return this.#refuse(404, "not_found");
    const { searchParams } = new URL(url);
    return this.#respond(200, this.store.page(Number(searchParams.get("limit")), searchParams.get("before")));
  }
}

function sendTo(onsync: OnSync, clientReference: string | undefined): Promise<SentMessage | OnSyncError> {
  const input = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;
  return onsync.messages.send(input, { clientReference }).catch((thrown: OnSyncError) => thrown);
}

/** Sends one message to the model and lets everything that is still on its way arrive. */
export async function play(played: Case, clientReference?: string) {
  const step: Step = (request) => model.answer(request);
  const { onsync, clock } = scriptedOnSync(Array.from({ length: 500 }, () => step));
  const model = new SendModel(played, () => clock);
  for (const ms of played.earlier) model.store.add(model.now() - ms);
  const send = () => sendTo(onsync, clientReference);

  const startedAt = clock.now();
  const outcome = await send();
  const took = clock.now() - startedAt;
  const sentWhenItEnded = model.store.withReference(clientReference ?? "reference-1").length;
  await clock.sleep(3_600_000);
  const sent = model.store.withReference(clientReference ?? "reference-1");
  return { outcome, took, sent, sentWhenItEnded, posts: model.posts, send };
}
