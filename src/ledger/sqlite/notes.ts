/** What processes share on the ledger's file beside the sends: small facts, and counts against limits. */
import {
  calculateAdmissionRetentionMs,
  findUsedUpLimit,
  type LedgerAdmission,
  type NoteOptions,
} from "../../client/ledger/ledger.ts";
import { createId } from "../ids.ts";
import { runInTransaction, runWhenFree, type SqliteContext } from "./context.ts";
import type { Stamp } from "./stamps.ts";

type NoteRow = Stamp & { value: string; ttl_ms: number };

function readNote({ statements, stamps }: SqliteContext, name: string, now: Stamp): string | null {
  const note = statements.findNote.get(name) as NoteRow | undefined;
  return note && stamps.getAgeMs(note, now) < note.ttl_ms ? note.value : null;
}

export function findNote(context: SqliteContext, name: string): Promise<string | null> {
  return runWhenFree(context, () => readNote(context, name, context.stamps.now()));
}

export function setNote(
  context: SqliteContext,
  name: string,
  value: string,
  { ttlMs, ifAbsent = false, list }: NoteOptions,
): Promise<boolean> {
  return runInTransaction(context, () => {
    const now = context.stamps.now();
    if (ifAbsent && readNote(context, name, now) !== null) return false;
    context.statements.writeNote.run({ name, value, ttlMs: Math.round(ttlMs), list: list ?? null, ...now });
    return true;
  });
}

export function listNotes(context: SqliteContext, list: string, limit: number): Promise<string[]> {
  return runWhenFree(context, () => {
    const { statements, stamps } = context;
    const now = stamps.now();
    const values: string[] = [];
    for (const note of statements.listNotes.iterate(list) as Iterable<unknown> as Iterable<NoteRow>) {
      if (values.length >= limit) break;
      if (stamps.getAgeMs(note, now) < note.ttl_ms) values.push(note.value);
    }
    return values;
  });
}

export async function admit(
  context: SqliteContext,
  name: string,
  limits: readonly { limit: number; windowMs: number }[],
): Promise<LedgerAdmission> {
  const { statements, stamps } = context;
  const windowMs = calculateAdmissionRetentionMs(limits);
  return runInTransaction(context, () => {
    const now = stamps.now();
    const ages: number[] = [];
    for (const row of statements.listAdmissions.all(name) as unknown as (Stamp & {
      ticket: string;
      window_ms: number;
    })[]) {
      const age = stamps.getAgeMs(row, now);
      if (age < row.window_ms) ages.push(age);
      else statements.deleteAdmission.run(name, row.ticket);
    }
    const usedUp = findUsedUpLimit(ages, limits);
    if (usedUp) return { admitted: false, ...usedUp };
    const ticket = createId("ticket");
    statements.insertAdmission.run({ name, ticket, windowMs, ...now });
    return { admitted: true, ticket };
  });
}

export function releaseTicket(context: SqliteContext, name: string, ticket: string): Promise<void> {
  return runWhenFree(context, () => void context.statements.deleteAdmission.run(name, ticket));
}
