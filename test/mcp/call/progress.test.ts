/** What a host hears of a call that takes long, and how a call is cancelled. */
import { expect, test } from "@jest/globals";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { withProgress } from "../../../mcp/call/progress.ts";
import { createMcpHttp } from "../../../mcp/index.ts";
import { tools } from "../../../mcp/tools/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { answerOf, connect, envelope, everyToolset, scripted } from "../session.ts";

/** A clock whose sleeps end when the test says so. */
function manualClock() {
  let time = 0;
  const sleeping = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => time,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { until: time + ms, wake: resolve };
        sleeping.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleeping.delete(sleeper);
          reject(signal.reason);
        });
      }),
    advance: async (ms: number) => {
      time += ms;
      for (const sleeper of sleeping) {
        if (sleeper.until > time) continue;
        sleeping.delete(sleeper);
        sleeper.wake();
      }
      // Lets what was woken go to sleep again.
      await new Promise((resolve) => setImmediate(resolve));
    },
    sleepers: () => sleeping.size,
  };
}

test("progress is told every three seconds, grows, and ends with the call", async () => {
  const clock = manualClock();
  const told: unknown[] = [];
  const work = Promise.withResolvers<string>();
  const result = withProgress(
    () => work.promise,
    (progress) => told.push(progress),
    clock,
    {
      message: "wait_for_events",
      totalSeconds: 5,
    },
  );
  await clock.advance(2_999);
  expect(told).toEqual([]);
  await clock.advance(1);
  await clock.advance(3_000);
  work.resolve("done");
  expect(await result).toBe("done");
  expect(told).toEqual([
    { progress: 3, total: 5, message: "wait_for_events" },
    // It took longer than it said.
    { progress: 6, message: "wait_for_events" },
  ]);
  expect(clock.sleepers()).toBe(0);
  await clock.advance(60_000);
  expect(told).toHaveLength(2);
});

test("a host that does not want to hear is told nothing, and no clock runs for it", async () => {
  const clock = manualClock();
  expect(await withProgress(async () => "done", undefined, clock, { message: "get_account" })).toBe("done");
  expect(clock.sleepers()).toBe(0);
});

test("over a session, progress comes with the token of the call that asked for it", async () => {
  const clock = manualClock();
  const reached = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const list = async () => {
    reached.resolve();
    await answered.promise;
    return { data: [], ...envelope };
  };
  await using session = await connect({
    onsync: scripted({ webhooks: { list } }),
    now: clock.now,
    sleep: clock.sleep,
    safety: everyToolset,
  });
  const told: unknown[] = [];
  const call = session.client.callTool({ name: "list_webhooks", arguments: {} }, undefined, {
    onprogress: (progress) => told.push(progress),
  });
  await reached.promise;
  await clock.advance(3_000);
  answered.resolve();
  expect(answerOf(await call).isError).toBe(false);
  expect(told).toEqual([{ progress: 3, message: "list_webhooks" }]);
});

async function overHttp(list: () => Promise<never>, clock = manualClock()) {
  const http = createMcpHttp({
    onsync: scripted({ webhooks: { list: list as never } }),
    events: createEventLog(),
    safety: everyToolset,
    now: clock.now,
    sleep: clock.sleep,
  });
  const server = await http.listen(0);
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  return {
    client,
    clock,
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server.close();
    },
  };
}

test("over HTTP, progress comes in a stream, and a call without a token is answered as JSON", async () => {
  const reached = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await using session = await overHttp(async () => {
    reached.resolve();
    await answered.promise;
    return { data: [], ...envelope } as never;
  });
  const told: unknown[] = [];
  const call = session.client.callTool({ name: "list_webhooks", arguments: {} }, undefined, {
    onprogress: (progress) => {
      told.push(progress);
      answered.resolve();
    },
  });
  await reached.promise;
  await session.clock.advance(3_000);
  expect(answerOf(await call).text).toBe("No webhook there.");
  expect(told).toEqual([{ progress: 3, message: "list_webhooks" }]);

  const typeOf = async (meta: object) => {
    const response = await fetch(session.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: meta } }),
    });
    await response.text();
    return response.headers.get("content-type");
  };
  expect(await typeOf({})).toBe("application/json");
  expect(await typeOf({ progressToken: 0 })).toBe("text/event-stream");
});

test.each([
  ["answered as JSON", false],
  ["answered by a stream", true],
])("over HTTP, a client's cancellation ends its call, %s", async (_how, streamed) => {
  const ended = Promise.withResolvers<string>();
  const reached = Promise.withResolvers<void>();
  await using session = await overHttp(
    ((options?: { signal?: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        reached.resolve();
        options?.signal?.addEventListener("abort", () => {
          ended.resolve("ended");
          reject(options.signal?.reason);
        });
      })) as never,
  );
  const cancel = new AbortController();
  const call = session.client.callTool({ name: "list_webhooks", arguments: {} }, undefined, {
    signal: cancel.signal,
    ...(streamed && { onprogress: () => {} }),
  });
  const failed = expect(call).rejects.toThrow("changed my mind");
  await reached.promise;
  cancel.abort("changed my mind");
  await failed;
  expect(await ended.promise).toBe("ended");
  // The session goes on.
  expect((await session.client.listTools()).tools).toHaveLength(tools.length);
});

test("a cancellation of another session's call ends nothing", async () => {
  const reached = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await using session = await overHttp(async () => {
    reached.resolve();
    await answered.promise;
    return { data: [], ...envelope } as never;
  });
  const call = session.client.callTool({ name: "list_webhooks", arguments: {} });
  await reached.promise;
  for (const id of [0, 1, 2, 3]) {
    const response = await fetch(session.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": "another",
      },
      body: JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }),
    });
    expect(response.status).toBe(202);
  }
  answered.resolve();
  expect(answerOf(await call).isError).toBe(false);
});
