/** `events/stream` of the MCP Events extension: events as they happen, for as long as the host listens. */
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { createMcpHttp } from "../../../mcp/index.ts";
import { samples } from "../../../src/api/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { messageEvent } from "../../../testing/events.ts";
import { post } from "../http/requests.ts";
import { envelope, scripted } from "../session.ts";
import { ask, modernRequest } from "./modern.ts";

const onsync = scripted({});

type Told = {
  method?: string;
  id?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: whatever comes
  params?: any;
  result?: unknown;
};

/** What comes on a stream, one after the other. */
function read(response: Response) {
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const came: Told[] = [];
  let rest = "";
  return {
    async next(): Promise<Told | undefined> {
      while (came.length === 0) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        const lines = (rest + decoder.decode(value)).split("\n");
        rest = lines.pop() ?? "";
        came.push(...lines.filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6))));
      }
      return came.shift();
    },
    cancel: () => reader.cancel(),
  };
}

const kinds = [
  ["2026-07-28", (params: Record<string, unknown>) => modernRequest("events/stream", params)],
  [
    "2025-11-25",
    (params: Record<string, unknown>) => post({}, { jsonrpc: "2.0", id: 1, method: "events/stream", params }),
  ],
] as const;

describe.each(kinds)("revision %s", (_revision, request) => {
  test("a stream says where it begins, then tells of each event of its kind with the place after it", async () => {
    const events = createEventLog();
    const http = createMcpHttp({ onsync, events });
    const stream = read(await http.fetch(request({ name: "message.created", cursor: null })));
    const active = await stream.next();
    expect(active).toMatchObject({
      method: "notifications/events/active",
      params: { truncated: false, _meta: { "io.modelcontextprotocol/subscriptionId": 1 } },
    });
    for (const id of ["evt_1", "evt_2"]) events.append(messageEvent(id));
    const told = [await stream.next(), await stream.next()];
    expect(told.map((each) => [each?.method, each?.params.eventId, each?.params.name])).toEqual([
      ["notifications/events/event", "evt_1", "message.created"],
      ["notifications/events/event", "evt_2", "message.created"],
    ]);
    await stream.cancel();

    // Who comes back with the first event's cursor is told of the second alone.
    const again = read(await http.fetch(request({ name: "message.created", cursor: told[0]?.params.cursor })));
    await again.next();
    expect((await again.next())?.params.eventId).toBe("evt_2");
    await again.cancel();
    http.close();
  });

  test("a server that closes ends its streams with their result", async () => {
    const http = createMcpHttp({ onsync, events: createEventLog() });
    const stream = read(await http.fetch(request({ name: "message.created" })));
    await stream.next();
    http.close();
    const last = await stream.next();
    expect(last).toMatchObject({ id: 1, result: { _meta: {} } });
    expect(await stream.next()).toBeUndefined();
  });

  test("a stream that goes on from a place that is no more says that events were skipped", async () => {
    const http = createMcpHttp({ onsync, events: createEventLog() });
    const stream = read(await http.fetch(request({ name: "message.created", cursor: "gone.7" })));
    expect(await stream.next()).toMatchObject({ method: "notifications/events/active", params: { truncated: true } });
    await stream.cancel();
    http.close();
  });
});

test.each([
  ["an event that is not there", { name: "message.reacted" }, -32011],
  ["arguments, which no event takes", { name: "message.created", arguments: { from: "x" } }, -32602],
])("no stream begins for %s", async (_what, params, code) => {
  const { error } = await ask(createMcpHttp({ onsync, events: createEventLog() }), "events/stream", params);
  expect(error?.code).toBe(code);
});

test("a key that may not read messages is given no stream of them", async () => {
  const account = { ...samples.account, scopes: ["read:contacts"] };
  const keyed = scripted({ account: { check: async () => ({ ok: true, account, ...envelope }) } as never });
  const http = createMcpHttp({ onsync: keyed, events: createEventLog() });
  expect((await ask(http, "events/stream", { name: "message.created" })).error?.code).toBe(-32012);
});

test("a quiet stream says that it lives, and how far it has come", async () => {
  const events = createEventLog();
  let place = 0;
  const quiet: typeof events = {
    ...events,
    async wait() {
      await turn();
      return { data: [], cursor: `c.${place++}`, more: false, gap: false };
    },
  };
  const http = createMcpHttp({ onsync, events: quiet });
  const stream = read(await http.fetch(modernRequest("events/stream", { name: "message.created" })));
  const told = [await stream.next(), await stream.next(), await stream.next()];
  expect(told.map((each) => [each?.method?.split("/").at(-1), each?.params.cursor])).toEqual([
    ["active", "c.0"],
    ["heartbeat", "c.1"],
    ["heartbeat", "c.2"],
  ]);
  await stream.cancel();
});

test("a host that hangs up ends the wait behind its stream", async () => {
  const events = createEventLog();
  const waits: AbortSignal[] = [];
  const watched: typeof events = {
    ...events,
    wait: (options) => {
      if (options.signal) waits.push(options.signal);
      return events.wait(options);
    },
  };
  const http = createMcpHttp({ onsync, events: watched });
  const stream = read(await http.fetch(modernRequest("events/stream", { name: "message.created" })));
  await stream.next();
  await stream.cancel();
  for (let n = 0; n < 20; n++) await turn();
  expect(waits.at(-1)?.aborted).toBe(true);
});

test("both places that hosts look in say that there are events", async () => {
  const { result } = await ask(createMcpHttp({ onsync, events: createEventLog() }), "server/discover");
  expect(result.capabilities).toMatchObject({ events: {}, extensions: { "io.modelcontextprotocol/events": {} } });
});
