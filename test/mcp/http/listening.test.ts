/** On a port: replicas, closing in good order, clients that hang up. */
import { expect, test } from "@jest/globals";
import { tools } from "../../../mcp/tools/index.ts";
import { createMemoryLedger } from "../../../src/client/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { answerOf, scripted } from "../session.ts";
import { bearer, clientOf, post, serve, token } from "./requests.ts";

test("two replicas behind a round robin serve one client", async () => {
  const asked = [0, 0];
  const replicas = await Promise.all(
    asked.map((_, index) =>
      serve({
        token,
        onsync: scripted({
          webhooks: {
            list: async () => {
              asked[index] = (asked[index] as number) + 1;
              return { data: [], requestId: "r", timestamp: "t" };
            },
          },
        }),
      }).listen(0),
    ),
  );
  let turn = 0;
  const roundRobin = (url: string | URL, init?: RequestInit) => {
    const { port } = replicas[turn++ % 2] as { port: number };
    return fetch(Object.assign(new URL(url), { port: String(port) }), init);
  };
  const client = await clientOf(replicas[0]?.url as string, {
    fetch: roundRobin,
    requestInit: { headers: bearer },
  });
  expect((await client.listTools()).tools).toHaveLength(tools.filter(({ waits }) => !waits).length);
  for (let call = 0; call < 6; call++)
    expect(answerOf(await client.callTool({ name: "list_webhooks", arguments: {} })).text).toBe("No webhook there.");
  expect(asked).toEqual([3, 3]);
  await client.close();
  await Promise.all(replicas.map((replica) => replica.close()));
});

test("health and readiness need no token", async () => {
  const server = await serve({ token }).listen(0);
  expect(server.url).toBe(`http://127.0.0.1:${server.port}/mcp`);
  const health = await fetch(new URL("/healthz", server.url));
  expect([health.status, await health.json()]).toEqual([200, { ok: true }]);
  const readiness = await fetch(new URL("/readyz", server.url));
  expect([readiness.status, await readiness.json()]).toEqual([200, { ready: true }]);
  await server.close();
});

test("is not ready where sends cannot be noted or events cannot be read, and says no more than that", async () => {
  const broken = () => Promise.reject(new Error("redis://:secret@10.0.0.5 is away"));
  const ledger = { ...createMemoryLedger(), durable: true, setNote: broken };
  const http = serve({ token, ledger, events: { wait: broken } });
  const readiness = await http.fetch(new Request("http://127.0.0.1/readyz"));
  expect([readiness.status, await readiness.json()]).toEqual([
    503,
    { ready: false, problems: { ledger: "cannot be written to", events: "cannot be read" } },
  ]);
});

test("a server that turns away is not ready, and answers calls all the same, each ending its connection", async () => {
  const server = await serve({ token }).listen(0);
  server.turnAway();
  const readiness = await fetch(new URL("/readyz", server.url));
  expect([readiness.status, readiness.headers.get("connection")]).toEqual([503, "close"]);
  expect((await fetch(new URL("/healthz", server.url))).status).toBe(200);
  const client = await clientOf(server.url, { requestInit: { headers: bearer } });
  expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  await client.close();
  await server.close();
});

test("a server that closes says so to who asks whether it is ready and to new calls, and answers those under way first", async () => {
  const reached = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const http = serve({
    token,
    onsync: scripted({
      webhooks: {
        list: async () => {
          reached.resolve();
          await answered.promise;
          return { data: [], requestId: "r", timestamp: "t" };
        },
      },
    }),
  });
  const server = await http.listen(0);
  const client = await clientOf(server.url, { requestInit: { headers: bearer } });
  const call = client.callTool({ name: "list_webhooks", arguments: {} });
  await reached.promise;
  const closed = server.close();
  expect((await http.fetch(new Request("http://127.0.0.1/readyz"))).status).toBe(503);
  expect((await http.fetch(new Request("http://127.0.0.1/healthz"))).status).toBe(200);
  expect((await http.fetch(post(bearer))).status).toBe(503);
  answered.resolve();
  expect(answerOf(await call).isError).toBe(false);
  await closed;
  await client.close();
  // Connections kept alive would hold the server up for longer.
}, 2_500);

test("closing ends calls that only wait, and says that nothing is skipped", async () => {
  const http = serve({ events: createEventLog() });
  const server = await http.listen(0);
  const client = await clientOf(server.url);
  const waiting = client.callTool({ name: "wait_for_events", arguments: { timeoutSeconds: 25 } });
  // Another answer on the same server means that the first call is under way.
  await client.listTools();
  const closed = server.close();
  const answer = answerOf(await waiting);
  expect(answer.error).toEqual({ retry: "safe", code: "closing" });
  await closed;
  await client.close();
}, 2_500);

test("a client that hangs up ends its call", async () => {
  const ended = Promise.withResolvers<unknown>();
  const reached = Promise.withResolvers<void>();
  const server = await serve({
    onsync: scripted({
      webhooks: {
        list: (options) =>
          new Promise((_resolve, reject) => {
            reached.resolve();
            options?.signal?.addEventListener("abort", () => {
              ended.resolve("ended");
              reject(options.signal?.reason);
            });
          }),
      },
    }),
  }).listen(0);
  const hangUp = new AbortController();
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "list_webhooks", arguments: {} } };
  const pending = fetch(new Request(post({}, call, server.url), { signal: hangUp.signal })).catch(() => "hung up");
  await reached.promise;
  hangUp.abort();
  expect(await pending).toBe("hung up");
  expect(await ended.promise).toBe("ended");
  await server.close();
});
