/** Makes as many calls as it is told to, 64 at once, and says how much CPU time they took, in microseconds. */
import { Pool } from "undici";
import { createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";

const [origin = "", caller, callName] = process.argv.slice(2);
const connections = 64;
const apiKey = "bench-key";
const contactId = "contact_01JGDNWSW9";
const input = { phone: "+971500000000", firstName: "Sara" };

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

async function callBare(): Promise<unknown> {
  const { body } = await pool.request(
    callName === "get"
      ? { method: "GET", path: `/v1/contacts/${contactId}`, headers }
      : {
          method: "POST",
          path: "/v1/contacts",
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(input),
        },
  );
  return JSON.parse(await body.text());
}

function callClient(): Promise<unknown> {
  return callName === "get" ? onsync.contacts.get(contactId) : onsync.contacts.save(input);
}

const call = caller === "bare" ? callBare : callClient;
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
