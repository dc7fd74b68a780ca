/** What an import that was killed again and again must have come to: every row once, and journal, report and server agreed. */
import type { StoredContact } from "./inbox.ts";
import type { Attempt, ImportServer } from "./server.ts";
import { findDifference, type Source } from "./source.ts";

/** The last line that the import printed. */
export type DoneLine = {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  requests: number;
  lost: number;
  open: number;
};

export type Ended = {
  source: Source;
  server: Pick<ImportServer, "contacts" | "attempts" | "poison" | "refuse">;
  done: DoneLine;
  /** Of the file of refused rows. */
  refusedLines: readonly number[];
  /** Contact ids that the journal has. */
  journalIds: readonly string[];
  /** What of rows that were sent again is not as it must be. Default: {@link judgeRepeats}. */
  judgeRepeated?: (attempts: readonly Attempt[]) => string[];
};

/** Requests that a process had under way at once, at most: so many answers may die with it. */
export const maxUnderWay = 4;

export function judgeImport(ended: Ended): string[] {
  const { source, server, done, refusedLines, journalIds, judgeRepeated = judgeRepeats } = ended;
  const contacts = new Map(
    [...server.contacts.values()].map((contact) => [String(contact.properties.externalId), contact]),
  );
  return [
    ...judgeContacts(source, server, contacts),
    ...judgeRepeated(server.attempts),
    ...judgeReport(source, server, done, refusedLines),
    ...judgeJournal(server.contacts, journalIds),
  ];
}

function judgeContacts(
  source: Source,
  server: Ended["server"],
  contacts: ReadonlyMap<string, StoredContact>,
): string[] {
  const violations: string[] = [];
  for (const [id, expected] of source.expected) {
    if (server.refuse.has(id) || server.poison.has(id)) continue;
    const difference = findDifference(contacts.get(id), expected);
    if (difference !== null) violations.push(`lost: ${id} ${difference}`);
  }
  if (contacts.size !== server.contacts.size) violations.push("twice: two contacts have one external id");
  for (const id of contacts.keys()) if (!source.expected.has(id)) violations.push(`made up: ${id} must not be there`);
  return violations;
}

/** A row that was answered is sent again by the next life only, and no more of them than were under way when it was killed. */
function judgeRepeats(attempts: readonly Attempt[]): string[] {
  const violations: string[] = [];
  const answeredIn = new Map<string, number>();
  const died = new Map<number, Set<string>>();
  for (const { externalId, method, life, answered } of attempts) {
    if (method !== "POST") continue;
    const before = answeredIn.get(externalId);
    if (before === life) violations.push(`sent twice: ${externalId} was answered, and sent again by the same process`);
    else if (before !== undefined) died.set(before, (died.get(before) ?? new Set()).add(externalId));
    if (answered) answeredIn.set(externalId, life);
  }
  for (const [life, { size }] of died)
    if (size > maxUnderWay)
      violations.push(`sent twice: ${size} rows that were answered in life ${life} were sent again`);
  return violations;
}

function judgeReport(
  source: Source,
  server: Ended["server"],
  done: DoneLine,
  refusedLines: readonly number[],
): string[] {
  const violations: string[] = [];
  const { rows, created, updated, unchanged, refused, requests, open } = done;
  if (rows !== source.rows) violations.push(`${rows} rows were reported, and the file has ${source.rows}`);
  if (created + updated + unchanged + refused !== rows)
    violations.push(`the counts are not of ${rows} rows: ${JSON.stringify(done)}`);
  if (unchanged !== source.repeats)
    violations.push(`${unchanged} unchanged, and ${source.repeats} rows repeat another`);
  if (open !== 0) violations.push(`${open} rows are open at the end`);
  const turnedDown = [...server.refuse, ...server.poison].flatMap((id) => source.lineOf.get(id) ?? []);
  const mustBeRefused = [...source.refusedLines, ...turnedDown].sort((a, b) => a - b);
  if (refused !== mustBeRefused.length) violations.push(`${refused} refused, and ${mustBeRefused.length} must be`);
  if (JSON.stringify([...refusedLines].sort((a, b) => a - b)) !== JSON.stringify(mustBeRefused))
    violations.push(`refused lines ${refusedLines} and not ${mustBeRefused}`);
  if (requests < source.expected.size || requests > server.attempts.length + maxUnderWay * 1_000)
    violations.push(`${requests} requests were reported`);
  return violations;
}

function judgeJournal(contacts: ReadonlyMap<string, StoredContact>, journalIds: readonly string[]): string[] {
  const inJournal = new Set(journalIds);
  const missing = [...contacts.keys()].filter((id) => !inJournal.has(id));
  const unknown = journalIds.filter((id) => !contacts.has(id));
  return [
    ...(missing.length > 0 ? [`the journal does not have ${missing.slice(0, 5)}`] : []),
    ...(unknown.length > 0 ? [`the journal has ${unknown.slice(0, 5)}, which the server has not`] : []),
    ...(inJournal.size !== journalIds.length ? ["the journal has one contact for two rows"] : []),
  ];
}
