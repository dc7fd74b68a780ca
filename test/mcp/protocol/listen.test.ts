/** `subscriptions/listen` of 2026-07-28: one stream tells of what has changed. */
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { Client, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import { createMcpHttp, serveStdio } from "../../../mcp/index.ts";
import { sampleEvent } from "../../../src/api/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { messageEvent } from "../../../testing/events.ts";
import { scripted } from "../session.ts";
import { createMeta, modernRequest, revision } from "./modern.ts";

const onsync = scripted({});
const watched = "onsync://conversations/whatsapp%3A%2B1/messages";
const contact = "onsync://contacts/contact_1";

/** A client that listens to `uris`, and what it was told. */
async function listenTo(transport: Transport, uris: string[]) {
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode: { pin: revision } } });
  const told: string[] = [];
  const changed = Promise.withResolvers<void>();
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
    told.push(params.uri);
    changed.resolve();
  });
  await client.connect(transport);
  const subscription = await client.listen({ resourceSubscriptions: uris });
  // The watch begins in the turns after.
  for (let n = 0; n < 20; n++) await turn();
  return { client, told, subscription, changed: changed.promise };
}

test("over HTTP a host hears of what it listens to, and of nothing else", async () => {
  const events = createEventLog();
  const server = await createMcpHttp({ onsync, events }).listen(0);
  const { client, told, changed, subscription } = await listenTo(
    new StreamableHTTPClientTransport(new URL(server.url)),
    [watched, contact],
  );
  events.append(messageEvent("evt_1", "whatsapp:+2"));
  events.append(messageEvent("evt_2", "whatsapp:+1"));
  await changed;
  expect(told).toEqual([watched]);
  await subscription.close();
  await client.close();
  await server.close();
});

test("over stdio a host hears of what it listens to until it cancels, and closing answers it", async () => {
  const events = createEventLog();
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const session = await serveStdio({ onsync, events }, { stdin, stdout });
  // biome-ignore lint/suspicious/noExplicitAny: whatever comes
  const came: any[] = [];
  stdout.on("data", (data) =>
    came.push(
      ...String(data)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ),
  );
  const write = async (message: object) => {
    stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    for (let n = 0; n < 20; n++) await turn();
  };
  const listen = (id: number, uri: string) =>
    write({
      id,
      method: "subscriptions/listen",
      params: { notifications: { resourceSubscriptions: [uri] }, _meta: createMeta() },
    });
  await listen(1, watched);
  await listen(2, "onsync://conversations/whatsapp:+2/messages");
  events.append(messageEvent("evt_1", "whatsapp:+1"));
  for (let n = 0; n < 20; n++) await turn();
  await write({ method: "notifications/cancelled", params: { requestId: 1, _meta: createMeta() } });
  events.append(messageEvent("evt_2", "whatsapp:+1"));
  for (let n = 0; n < 20; n++) await turn();
  await session.close();
  const updates = came.filter(({ method }) => method === "notifications/resources/updated");
  expect(updates.map(({ params }) => [params.uri, params._meta["io.modelcontextprotocol/subscriptionId"]])).toEqual([
    [watched, 1],
  ]);
  expect(came.at(-1)).toMatchObject({ id: 2, result: { resultType: "complete" } });
});

test("closing the server ends the stream with its result, so that nothing waits for it", async () => {
  const server = createMcpHttp({ onsync, events: createEventLog() });
  const response = await server.fetch(
    modernRequest("subscriptions/listen", { notifications: { resourceSubscriptions: [watched] } }),
  );
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const text = response.text();
  server.close();
  const lines = (await text).split("\n").filter((line) => line.startsWith("data: "));
  const messages = lines.map((line) => JSON.parse(line.slice("data: ".length)));
  expect(messages[0]).toMatchObject({
    method: "notifications/subscriptions/acknowledged",
    params: { notifications: { resourceSubscriptions: [watched] } },
  });
  expect(messages.at(-1)).toMatchObject({ id: 1, result: { resultType: "complete" } });
});

test("without a receiver nothing can be listened to: the stream says so and ends", async () => {
  const response = await createMcpHttp({ onsync }).fetch(
    modernRequest("subscriptions/listen", { notifications: { resourceSubscriptions: [watched] } }),
  );
  expect(await response.text()).toContain('"notifications":{}');
});

test("an event that is not about a listened resource wakes nobody", async () => {
  const events = createEventLog();
  const server = createMcpHttp({ onsync, events });
  const response = await server.fetch(
    modernRequest("subscriptions/listen", { notifications: { resourceSubscriptions: [contact] } }),
  );
  const text = response.text();
  for (let n = 0; n < 20; n++) await turn();
  events.append({ ...sampleEvent("contact.updated"), id: "evt_1" });
  for (let n = 0; n < 20; n++) await turn();
  server.close();
  expect(await text).not.toContain("notifications/resources/updated");
});
