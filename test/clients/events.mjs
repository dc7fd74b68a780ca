/**
 * The events client of `@ai-sdk/mcp`: lists the events, subscribes an address of its own, is challenged, takes an event, and
 * unsubscribes. Prints what came of each step; a line `{"subscribed":true}` asks for an event to be made.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { createMCPClient, experimental_createMCPEventWebhook } from "@ai-sdk/mcp";

const { url, token } = JSON.parse(process.env.MCP_SERVER ?? "{}");
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const subscriptions = new Map();
const store = {
  get: async (key) => subscriptions.get(key),
  getById: async (id) => [...subscriptions.values()].find((subscription) => subscription.id === id),
  set: async (subscription) => void subscriptions.set(subscription.key, subscription),
  update: async (key, patch) => void subscriptions.set(key, { ...subscriptions.get(key), ...patch }),
  delete: async (key) => void subscriptions.delete(key),
};

const received = Promise.withResolvers();
const handle = experimental_createMCPEventWebhook({ store, onEvent: async ({ event }) => received.resolve(event) });
const receiver = createServer(async (request, response) => {
  const { method, headers } = request;
  const body = await buffer(request);
  const answer = await handle(new Request(new URL(request.url, "http://127.0.0.1"), { method, headers, body }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");

const client = await createMCPClient({
  transport: { type: "http", url, headers: { authorization: `Bearer ${token}` } },
  experimental_events: { store },
});
const events = client.experimental_events;
const listed = (await events.list()).events.map(({ name }) => name);
const { port } = receiver.address();
const delivery = { mode: "webhook", url: `http://127.0.0.1:${port}/events`, allowInsecureLocalhost: true };
const { id } = await events.subscribe({ name: "message.created", delivery });
write({ subscribed: true });
const late = setTimeout(() => received.reject(new Error("no event came within 20 seconds")), 20_000);
const event = await received.promise;
clearTimeout(late);
await events.refresh({ id });
await events.unsubscribe({ id });
await client.close();
receiver.close();
write({ events: { listed, name: event.name, data: JSON.stringify(event.data), left: subscriptions.size } });
process.exit(0);
