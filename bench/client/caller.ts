/** Makes as many calls as it is told to, 64 at once, and says how much CPU time they took, in microseconds. */
import { Pool } from "undici";
import { samples } from "../../src/api/index.ts";
import { createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { type CallName, requests } from "./requests.ts";

const [origin = "", caller, callName] = process.argv.slice(2);
const connections = 64;
const apiKey = "bench-key";
const { contact, textInput, sentMessage } = samples;
const contactInput = { phone: contact.phone, firstName: contact.firstName };

const onsync = createOnSync({
  apiKey,
  baseUrl: `${origin}/v1`,
  transport: undiciTransport({ connections }),
  ...(caller === "checked" && {
    onDrift: ({ issues }) => console.error("The answers differ from their schema:", issues),
  }),
});
const pool = new Pool(origin, { connections });
const headers = { authorization: `Bearer ${apiKey}`, accept: "application/json", "user-agent": "bench" };

const { method, path } = requests[callName as CallName];
const input = callName === "save" ? contactInput : textInput;

async function callBare(): Promise<unknown> {
  const { body } = await pool.request(
    method === "GET"
      ? { method, path, headers }
      : { method, path, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(input) },
  );
  return JSON.parse(await body.text());
}

const clientCalls: Record<CallName, () => Promise<unknown>> = {
  get: () => onsync.contacts.get(contact.id),
  list: () => onsync.contacts.list({ limit: 100 }),
  history: () => onsync.messages.list(sentMessage.conversationId, { limit: 50 }),
  save: () => onsync.contacts.save(contactInput),
  send: () => onsync.messages.send(textInput),
};

const call = caller === "bare" ? callBare : clientCalls[callName as CallName];
process.on("message", async (count: number) => {
  const started = process.cpuUsage();
  let left = count;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await call();
    }),
  );
  const { user, system } = process.cpuUsage(started);
  process.send?.(user + system);
});
process.send?.("ready");
