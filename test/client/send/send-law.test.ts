/**
 * The law of sending: under any fault a send ends in exactly one message, or in an error that truthfully says that none
 * was sent, or that this cannot be told. Held on a model of a server that may lose the answer, do the work long after,
 * fail at its history, or have its clock off.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { OnSyncError, SentMessage, TransportRequest, TransportResponse } from "../../../src/client/index.ts";
import { MessageStore } from "../../../testing/message-store.ts";
import { html, networkError, never, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

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
type Fate = Post | Refused;
type History = "fine" | "forbidden" | "down" | "flaky" | "hangs" | "html 404";

const late = fc.oneof(fc.constant(0), fc.nat({ max: 20_000 }), fc.integer({ min: 20_000, max: 600_000 }));
const fate: fc.Arbitrary<Fate> = fc.oneof(
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

/** Sends one message to the model and lets everything that is still on its way arrive. */
async function play({ fates, history, skew, clockless, earlier, busy, latency }: Case, clientReference?: string) {
  const store = new MessageStore();
  const serverNow = () => clock.now() + skew;
  let posts = 0;
  let looks = 0;
  const own = (status: number, body: object): TransportResponse => ({
    status,
    headers: {},
    text: JSON.stringify({
      ...body,
      requestId: "req_1",
      ...(!clockless && { timestamp: new Date(serverNow()).toISOString() }),
    }),
  });
  const error = (status: number, code: string, headers = {}) => ({
    ...own(status, { error: { code, message: code } }),
    headers,
  });

  const post = async (request: TransportRequest): Promise<TransportResponse> => {
    const { works, sees } = fates[posts++] ?? fine;
    await clock.sleep(latency);
    const { metadata } = JSON.parse(request.body ?? "");
    const work = () => {
      // Customers write meanwhile, in the same millisecond too.
      for (let index = 0; index < busy; index++) store.add(serverNow());
      return store.add(serverNow(), metadata);
    };
    const message = works === 0 ? work() : undefined;
    if (works) void clock.sleep(works).then(work);
    const text = JSON.stringify({ ...message, requestId: "req_1" });
    switch (sees) {
      case "answer":
        return own(201, message ?? {});
      case "reset":
        throw networkError("ECONNRESET");
      case "silence":
        return never();
      case "truncated":
        return { status: 201, headers: {}, text: text.slice(0, 20), incomplete: new Error("terminated") };
      case "malformed":
        return { status: 201, headers: {}, text: text.slice(0, 20) };
      case "no id":
        return own(201, {});
      case "html 502":
        return html(502);
      case "html 403":
        return html(403);
      case "html 429":
        return html(429);
      case "408":
        return error(408, "request_timeout");
      case "500":
        return error(500, "internal");
      case "503":
        return error(503, "unavailable");
      case "no connection":
        throw networkError("ECONNREFUSED", "connect");
      case "429":
        return error(429, "rate_limited", { "retry-after": "2" });
      case "429 for long":
        return error(429, "rate_limited", { "retry-after": "3600" });
      case "400":
        return error(400, "validation_failed");
      case "window":
        return error(400, "outside_messaging_window");
      case "403":
        return error(403, "insufficient_scope");
      case "302":
        return { status: 302, headers: { location: "https://elsewhere.example.com/" }, text: "" };
    }
  };
  const look = async ({ url }: TransportRequest): Promise<TransportResponse> => {
    await clock.sleep(latency);
    looks += 1;
    if (history === "forbidden") return error(403, "insufficient_scope");
    if (history === "down") return html(502);
    if (history === "hangs") return never();
    if (history === "html 404") return html(404);
    if (history === "flaky" && looks % 2 === 1) throw networkError("ECONNRESET");
    if (store.messages.length === 0) return error(404, "not_found");
    const { searchParams } = new URL(url);
    return own(200, store.page(Number(searchParams.get("limit")), searchParams.get("before")));
  };

  const step: Step = (request) => (request.method === "POST" ? post(request) : look(request));
  const { onsync, clock } = scriptedOnSync(Array.from({ length: 500 }, () => step));
  for (const ms of earlier) store.add(serverNow() - ms);
  const input = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;
  const send = (): Promise<SentMessage | OnSyncError> =>
    onsync.messages.send(input, { clientReference }).catch((thrown: OnSyncError) => thrown);

  const startedAt = clock.now();
  const outcome = await send();
  const took = clock.now() - startedAt;
  const sentWhenItEnded = store.withReference(clientReference ?? "reference-1").length;
  await clock.sleep(3_600_000);
  const sent = store.withReference(clientReference ?? "reference-1");
  return { outcome, took, sent, sentWhenItEnded, posts, send };
}

function holds({ outcome, took, sent, sentWhenItEnded }: Awaited<ReturnType<typeof play>>) {
  // Never twice, whatever is said.
  expect(sent.length).toBeLessThanOrEqual(1);
  // The deadline, and as much as ten seconds more to find out.
  expect(took).toBeLessThanOrEqual(40_000);
  if (!(outcome instanceof Error)) {
    expect(sentWhenItEnded).toBe(1);
    expect(outcome.id).toBe(sent[0]?.id);
    return "sent";
  }
  if (outcome.outcome === "not_sent") expect(sent).toEqual([]);
  else
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      outcome: "unknown",
      clientReference: expect.any(String),
    });
  return outcome.outcome;
}

const circumstances = {
  skew: fc.constantFrom(0, -86_400_000, 86_400_000, 30_000),
  clockless: fc.boolean(),
  earlier: fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 5 }),
  busy: fc.constantFrom(0, 0, 3, 120),
  latency: fc.constantFrom(0, 10, 3_000),
};

describe("property: one message, or an error that truthfully says not sent or unknown", () => {
  test("under any single fault", async () => {
    const outcomes = new Set<string | undefined>();
    await fc.assert(
      fc.asyncProperty(fate, fc.record(circumstances), async (only, around) => {
        outcomes.add(holds(await play({ fates: [only], history: "fine", ...around })));
      }),
      { numRuns: 400 },
    );
    expect([...outcomes].sort()).toEqual(["not_sent", "sent", "unknown"]);
  });

  test("under several faults, the history's too", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<History>("fine", "forbidden", "down", "flaky", "hangs", "html 404"),
        fc.record(circumstances),
        async (fates, history, around) => {
          holds(await play({ fates, history, ...around }));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("a replay with the caller's reference, once everything has arrived, leaves exactly one message", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 4 }), fc.record(circumstances), async (fates, around) => {
        const first = await play({ fates, history: "fine", ...around, busy: 0 }, "order-17");
        holds(first);
        const again = await first.send();
        // Fates that are left over may meet the replay as well: it is held to the same law.
        if (!(again instanceof Error) && first.sent[0]) expect(again.id).toBe(first.sent[0].id);
        if (first.sent.length === 1) expect(again).not.toBeInstanceOf(Error);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what is certain is not called unknown", () => {
  const around = { history: "fine", skew: 0, clockless: false, earlier: [], busy: 0, latency: 10 } as const;
  const sees = { works: 0, notDone: null } as const;

  test.each<[Fate, string]>([
    [{ works: sees.works, sees: "reset" }, "sent"],
    [{ works: sees.works, sees: "silence" }, "sent"],
    [{ works: sees.works, sees: "truncated" }, "sent"],
    [{ works: sees.works, sees: "html 502" }, "sent"],
    [{ works: sees.works, sees: "500" }, "sent"],
    [{ works: 1_200, sees: "reset" }, "sent"],
    [{ works: 1_200, sees: "500" }, "sent"],
    [{ works: 1_200, sees: "302" }, "sent"],
    [{ works: sees.notDone, sees: "no connection" }, "sent"],
    [{ works: sees.notDone, sees: "429" }, "sent"],
    [{ works: sees.notDone, sees: "429 for long" }, "not_sent"],
    [{ works: sees.notDone, sees: "window" }, "not_sent"],
    [{ works: sees.notDone, sees: "reset" }, "unknown"],
    [{ works: sees.notDone, sees: "500" }, "unknown"],
    [{ works: sees.notDone, sees: "html 403" }, "unknown"],
    [{ works: 300_000, sees: "reset" }, "unknown"],
  ])("%j: %s", async (only, expected) => {
    expect(holds(await play({ fates: [only], ...around, earlier: [] }))).toBe(expected);
  });
});
