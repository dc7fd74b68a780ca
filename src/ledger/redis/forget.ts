/** A person taken out of the ledger in Redis. */
import { createScript, rewriteAppendOnlyFile } from "../../redis.ts";
import { type ForgottenSends, type Recipient, selectNotes } from "../recipient.ts";
import { openContext, type RedisContext } from "./context.ts";
import type { RedisLedgerOptions } from "./options.ts";

/** name → 1: it has no address now, 0: it is open by now, or gone */
const emptySendScript = createScript(`
local key = KEYS[1] .. ':send:' .. ARGV[1]
local state = redis.call('HGET', key, 'state')
if state ~= 'sent' and state ~= 'not_sent' then return 0 end
redis.call('HSET', key, 'to', '')
redis.call('HDEL', key, 'conversationId', 'reason')
return 1
`);

export async function forgetInRedis(
  url: string,
  recipient: Recipient,
  { dryRun, log }: { dryRun: boolean; log: RedisLedgerOptions["log"] },
): Promise<ForgottenSends> {
  const context = await openContext({ url, log });
  try {
    const sends = await forgetSends(context, recipient, dryRun);
    const notes = await forgetNotes(context, recipient, dryRun);
    return { ...sends, notes, scrubbed: dryRun || (await rewriteAppendOnlyFile(context.redis)) };
  } finally {
    await context.redis.close();
  }
}

/** The ends of the keys that begin so. */
async function listNames({ redis, root }: RedisContext, kind: string): Promise<string[]> {
  const beginning = `${root}:${kind}:`;
  const names = new Set<string>();
  for (let cursor = "0"; ; ) {
    const found = await redis.send("SCAN", cursor, "MATCH", `${beginning}*`, "COUNT", 1_000);
    const [next, keys] = found as [string, string[]];
    for (const key of keys) names.add(key.slice(beginning.length));
    if (next === "0") return [...names];
    cursor = next;
  }
}

async function forgetSends(context: RedisContext, recipient: Recipient, dryRun: boolean) {
  const { redis, root } = context;
  const counts = { sends: 0, open: 0, references: 0 };
  for (const name of await listNames(context, "send")) {
    const fields = ["scope", "reference", "state", "platform", "to", "conversationId"];
    const values = (await redis.send("HMGET", `${root}:send:${name}`, ...fields)) as (string | null)[];
    const [scope = "", reference = "", state = "", platform = "", address = "", conversationId = ""] = values.map(
      (value) => value ?? "",
    );
    if (recipient.isNamedIn(reference)) counts.references += 1;
    if (address === "" || !recipient.isReached({ scope, platform, address, conversationId })) continue;
    if (state !== "sent" && state !== "not_sent") counts.open += 1;
    else if (dryRun || (await redis.run(emptySendScript, root, name)) === 1) counts.sends += 1;
  }
  return counts;
}

async function forgetNotes(context: RedisContext, recipient: Recipient, dryRun: boolean): Promise<number> {
  const { redis, root } = context;
  const lists = await listNames(context, "list");
  const notes: { name: string; value: string }[] = [];
  for (const name of await listNames(context, "note"))
    notes.push({ name, value: String((await redis.send("HGET", `${root}:note:${name}`, "value")) ?? "") });
  const found = selectNotes(notes, recipient);
  for (const name of dryRun ? [] : found) {
    await redis.send("DEL", `${root}:note:${name}`);
    for (const list of lists) await redis.send("ZREM", `${root}:list:${list}`, name);
  }
  return found.length;
}
