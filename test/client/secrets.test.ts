/** The API key is in the request's Authorization header and nowhere else, whatever goes wrong. */
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import {
  createMemoryLedger,
  type OnSync,
  type OnSyncError,
  type TransportRequest,
  type TransportResponse,
} from "../../src/client/index.ts";
import { createRedact } from "../../src/client/redact.ts";
import { scriptedOnSync } from "../../testing/scripted.ts";

// A key with characters that URLs and JSON write differently: each form of it has to be found.
const apiKey = 'onsync_pk_live_"S3cret/K+y"_0123456789';
const forms = [apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1), "S3cret"];

function findings(value: unknown): string[] {
  const printed = [
    String(value),
    JSON.stringify(value) ?? "",
    inspect(value, { depth: 10, showHidden: true, getters: true }),
    value instanceof Error ? `${value.message}${value.stack}` : "",
    (value as OnSyncError | undefined)?.advice ?? "",
  ];
  return printed.filter((text) => forms.some((form) => text.includes(form)));
}

/** Says the key back wherever an answer has room for it. */
function echo(status: number): TransportResponse {
  return {
    status,
    headers: {
      "x-request-id": `req_${apiKey}`,
      location: `https://${encodeURIComponent("S3cret")}.example.com/${apiKey}`,
      "retry-after": "0",
    },
    text: JSON.stringify({
      error: {
        code: `bad_${apiKey}`,
        message: `The key ${apiKey} (${encodeURIComponent(apiKey)}) is not known.`,
        details: [{ path: ["key", apiKey], code: apiKey, message: `contact_${apiKey}`, [apiKey]: { deep: [apiKey] } }],
      },
      templateWindowStatus: status === 400 ? { open: false, note: apiKey } : undefined,
      requestId: `req_${apiKey}`,
      timestamp: apiKey,
    }),
  };
}

/** An error as clumsy libraries throw it: with the whole request on it. */
function clumsy(request: TransportRequest): Error {
  const cause = Object.assign(new Error(`socket of ${request.headers.authorization} hung up`), {
    code: `E${apiKey}`,
    request,
  });
  const several = new AggregateError([cause, new Error(apiKey)], `all of ${apiKey}`);
  return Object.assign(new TypeError(`fetch with ${apiKey} failed`, { cause: several }), { config: request, request });
}

const calls: Record<string, (onsync: OnSync) => Promise<unknown>> = {
  "a read": (onsync) => onsync.contacts.get(apiKey),
  "a list": (onsync) => onsync.contacts.list({ query: apiKey }),
  "an upsert": (onsync) => onsync.contacts.save({ email: "sara@example.com" }),
  "a send": (onsync) => onsync.messages.send({ platform: "telegram", to: apiKey, messageType: "text", content: "Hi" }),
  "a replay": (onsync) =>
    onsync.messages.send(
      { platform: "telegram", to: apiKey, messageType: "text", content: "Hi" },
      { clientReference: apiKey },
    ),
  "a walk": (onsync) => onsync.messages.iterate(`telegram:${apiKey}`).next(),
  "a registration": (onsync) => onsync.webhooks.create({ url: "https://example.com/", events: ["message.created"] }),
  "a removal": (onsync) => onsync.webhooks.delete(apiKey),
  "a check": (onsync) => onsync.account.check(),
  "input that is refused": (onsync) => onsync.contacts.save({ email: apiKey, [apiKey]: apiKey } as never),
};

const answers: Record<string, (request: TransportRequest) => TransportResponse> = {
  ...Object.fromEntries(
    [200, 201, 302, 400, 401, 403, 404, 405, 409, 429, 500, 502].map((status) => [String(status), () => echo(status)]),
  ),
  "an error of the transport": (request) => {
    throw clumsy(request);
  },
  "something thrown that is no error": (request) => {
    throw request.headers.authorization;
  },
  "a body that broke off": (request) => ({ status: 200, headers: {}, text: apiKey, incomplete: clumsy(request) }),
  "a list with the key for an id": () => ({
    status: 200,
    headers: {},
    text: JSON.stringify({ data: [{ id: apiKey, url: "https://example.com/", events: ["message.created"] }] }),
  }),
  "a page that names no time": () => ({
    status: 200,
    headers: {},
    text: JSON.stringify({ data: [{ id: 1 }], nextBefore: apiKey, requestId: apiKey, timestamp: "" }),
  }),
};

describe.each(Object.keys(calls))("%s", (call) => {
  test.each(Object.keys(answers))("that meets %s does not show the key anywhere", async (answer) => {
    const told: unknown[] = [];
    const tell = (event: unknown) => told.push(event);
    const step = answers[answer] as (typeof answers)[string];
    const { onsync, requests } = scriptedOnSync(
      Array.from({ length: 50 }, () => step),
      { apiKey, onRequest: tell, onResponse: tell, onDrift: tell },
    );
    const error = await (calls[call] as (typeof calls)[string])(onsync).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(findings(error)).toEqual([]);
    expect(told.flatMap(findings)).toEqual([]);
    expect(findings(onsync)).toEqual([]);
    for (const { headers, method } of requests) {
      expect(headers.authorization).toBe(`Bearer ${apiKey}`);
      expect(method).toMatch(/^(?:GET|POST|DELETE)$/);
    }
  });
});

test("onLedgerError is not shown the key", async () => {
  const told: unknown[] = [];
  const record = () => Promise.reject(new Error(`no room for ${apiKey}`, { cause: { apiKey } }));
  const sent: TransportResponse = { status: 201, headers: {}, text: '{"id":"msg_1","metadata":{}}' };
  const { onsync } = scriptedOnSync([sent], {
    apiKey,
    ledger: { ...createMemoryLedger(), record },
    onLedgerError: (error) => told.push(error),
  });
  await onsync.messages.send({ platform: "telegram", to: "sara", messageType: "text", content: "Hi" });
  expect(told).toHaveLength(1);
  expect(told.flatMap(findings)).toEqual([]);
});

describe("createRedact", () => {
  test("takes every form of the key out of texts and data, keys of objects too", () => {
    const { text, data } = createRedact(apiKey);
    expect(text(`a ${apiKey} b ${encodeURIComponent(apiKey)} c`)).toBe("a [API key] b [API key] c");
    expect(data({ [apiKey]: [apiKey, 7, null, { deep: JSON.stringify(apiKey) }] })).toEqual({
      "[API key]": ["[API key]", 7, null, { deep: '"[API key]"' }],
    });
  });

  test("keeps the message, code and cause of an error", () => {
    const cause = Object.assign(new Error("read"), { code: "ECONNRESET", syscall: "read", host: "secret.example.com" });
    const copy = createRedact(apiKey).error(new TypeError("fetch failed", { cause }));
    expect(copy).toMatchObject({ name: "TypeError", message: "fetch failed" });
    expect(copy.stack).toContain("secrets.test.ts");
    expect({ ...(copy.cause as object) }).toEqual({ code: "ECONNRESET", syscall: "read" });
  });

  test("copies an error that is its own cause, or one of its own, so many times at most", () => {
    const round = new AggregateError([], "round") as Error & { errors: Error[] };
    round.cause = round;
    const around = new AggregateError([], "around") as Error & { errors: Error[] };
    around.errors.push(around);
    const { error } = createRedact(apiKey);
    const countCauses = (copy: Error): number => (copy.cause instanceof Error ? 1 + countCauses(copy.cause) : 0);
    const countErrors = ({ errors }: { errors?: (typeof around)[] }): number =>
      errors?.[0] ? 1 + countErrors(errors[0] as never) : 0;
    expect(countCauses(error(round))).toBe(4);
    expect(countErrors(error(around) as never)).toBe(4);
  });

  test("copies what looks like an error of another realm, and nothing that merely hangs on it", () => {
    const { error } = createRedact(apiKey);
    const foreign = error({ name: "ProxyError", message: apiKey, code: 407, socket: apiKey });
    expect({ ...foreign, message: foreign.message }).toEqual({ name: "ProxyError", message: "[API key]" });
    expect(foreign.stack).toBe("");
    expect(error({ message: 7 }).message).toBe("[object Object]");
  });

  test("leaves texts alone where a key is so short that they hold it by chance", () => {
    expect(createRedact("key").text("a key in a keyhole")).toBe("a key in a keyhole");
    expect(createRedact("key45").text("key45")).toBe("key45");
    expect(createRedact("key456").text("key456")).toBe("[API key]");
  });
});
