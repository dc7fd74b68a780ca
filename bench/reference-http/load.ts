/**
 * The sender of bench/reference-http, in a process of its own. Started with a server's origin, it makes the contacts; told
 * of a kind of request and a count, it makes so many, 16 at once on connections that stay, and tells how long that took.
 */
import { Pool } from "undici";
import { type Call, cases, contacts, createContact, key } from "./cases.ts";

const connections = 16;
const pool = new Pool(process.argv[2] as string, { connections });
const ids: string[] = [];
let made = 0;

async function request({ method, path, body }: Call): Promise<string> {
  const answer = await pool.request({
    method,
    path,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`);
  return text;
}

async function inParallel(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const take = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: connections }, take));
}

await inParallel(contacts, async (index) => {
  ids[index] = (JSON.parse(await request(createContact(index))) as { id: string }).id;
});
process.on("message", async ({ name, count }: { name: string; count: number }) => {
  const call = cases[name] as (typeof cases)[string];
  const started = performance.now();
  await inParallel(count, async () => void (await request(call(made++, ids))));
  process.send?.(performance.now() - started);
});
process.send?.("ready");
