/** What processes share in Redis beside the sends: small facts, and counts against limits. */
import { calculateAdmissionRetentionMs, type LedgerAdmission, type NoteOptions } from "../../client/ledger/ledger.ts";
import { createId } from "../ids.ts";
import { type RedisContext, runScript } from "./context.ts";
import { admitScript, listNotesScript, noteScript, setNoteScript } from "./scripts.ts";

export async function findNote(context: RedisContext, name: string): Promise<string | null> {
  return (await runScript(context, noteScript, name)) as string | null;
}

export async function setNote(
  context: RedisContext,
  name: string,
  value: string,
  { ttlMs, ifAbsent = false, list = "" }: NoteOptions,
): Promise<boolean> {
  const args = [name, value, Math.max(1, Math.round(ttlMs)), ifAbsent ? 1 : 0, list];
  return (await runScript(context, setNoteScript, ...args)) === 1;
}

export async function listNotes(context: RedisContext, list: string, limit: number): Promise<string[]> {
  return (await runScript(context, listNotesScript, list, limit)) as string[];
}

export async function admit(
  context: RedisContext,
  name: string,
  limits: readonly { limit: number; windowMs: number }[],
): Promise<LedgerAdmission> {
  const ticket = createId("ticket");
  const pairs = limits.flatMap(({ limit, windowMs }) => [limit, Math.round(windowMs)]);
  const keepMs = calculateAdmissionRetentionMs(limits);
  const reply = await runScript(context, admitScript, name, ticket, keepMs, ...pairs);
  if (reply === null) return { admitted: true, ticket };
  const [index, waitMs] = reply as [number, number];
  return { admitted: false, ...(limits[index] as (typeof limits)[number]), waitMs };
}

export async function releaseTicket({ redis, root }: RedisContext, name: string, ticket: string): Promise<void> {
  await redis.send("ZREM", `${root}:admissions:${name}`, ticket);
}
