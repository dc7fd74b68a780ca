/** Reads again what was exported, and compares it with what the target has: only then is it known to be there. */

import { isErrorNamed } from "../../client/index.ts";
import { canonicalJson } from "../../client/wire/canonical-json.ts";
import { parseInstant } from "../../client/wire/instant.ts";
import { type Backfill, callExtension, createPageSize, listCheckpoints } from "./backfill.ts";
import type { ConversationCheckpoint } from "./checkpoints.ts";
import type { Committer } from "./committer.ts";
import { readPages } from "./history.ts";
import { type ExportRow, type ExportTable, readKey, readVersion, type TableName, toRow } from "./records.ts";
import type { ExportTarget } from "./targets/target.ts";

export type Verified = {
  compared: number;
  /** Changed or new at OnSync since they were exported; they are exported now. */
  newer: number;
  /** Should have been there, and were not. */
  missing: number;
  /** There, and not as OnSync has them, though nothing says that they were changed since. */
  different: number;
  /** Of the target's, not at OnSync any more. `null` where not all was read. */
  extra: number | null;
};

export const verifyScopes = ["sample", "all"] as const;
/** `sample`: a page of each list, and the newest page of some conversations. */
export type VerifyScope = (typeof verifyScopes)[number];

const rowsAtOnce = 2_000;
const sampledConversations = 20;

/** @param completeUpTo what the export said of itself */
export async function verifyExport(
  backfill: Backfill,
  scope: VerifyScope,
  completeUpTo: string | null,
): Promise<Verified> {
  const comparison = new Comparison(backfill.target, backfill.committer, completeUpTo);
  for (const table of ["contacts", "conversations"] as const)
    if (backfill.tables.has(table) && backfill.contact === undefined)
      await verifyList(backfill, table, scope, comparison);
  if (backfill.tables.has("messages")) await verifyMessages(backfill, scope, comparison);
  return comparison.finish(scope === "all" && backfill.contact === undefined);
}

/** Another pass over it, from the top to the end. */
async function verifyList(
  backfill: Backfill,
  table: "contacts" | "conversations",
  scope: VerifyScope,
  comparison: Comparison,
): Promise<void> {
  const sized = createPageSize();
  const seen = new Set<unknown>();
  try {
    for (let cursor: string | undefined; ; ) {
      const page = await sized((limit) =>
        callExtension(backfill, async (onsync) =>
          onsync[table].list({ limit, ...(cursor !== undefined && { cursor }) }),
        ),
      );
      const fresh = page.data.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      await comparison.add(table, toRows(backfill, table, fresh));
      if (page.nextCursor === null || page.nextCursor === cursor || scope === "sample") return;
      cursor = page.nextCursor;
    }
  } catch (error) {
    // It was said before that there is no such list.
    if (!isErrorNamed(error, "ExtensionUnavailableError")) throw error;
  }
}

async function verifyMessages(backfill: Backfill, scope: VerifyScope, comparison: Comparison): Promise<void> {
  const { names } = backfill;
  const conversations = () => listCheckpoints<ConversationCheckpoint>(backfill, names.conversations);
  let count = 0;
  for await (const _each of conversations()) count += 1;
  // As far apart as there are enough.
  const step = scope === "all" ? 1 : Math.max(1, Math.floor(count / sampledConversations));
  let index = 0;
  for await (const { id, checkpoint } of conversations()) {
    if (index++ % step !== 0 || checkpoint.origin === "absent" || !checkpoint.isWhole) continue;
    for await (const { messages } of readPages(backfill, id, undefined)) {
      await comparison.add("messages", toRows(backfill, "messages", messages));
      if (scope === "sample") break;
    }
  }
}

function toRows({ redact }: Backfill, table: TableName, records: readonly unknown[]): ExportRow[] {
  const rows = records.map((record) => toRow(table, record)).filter((row) => row !== null);
  return redact ? rows.map((row) => redact(table, row)) : rows;
}

export class Comparison {
  readonly #target: ExportTarget;
  readonly #committer: Committer;
  readonly #completeUpTo: number;
  readonly #waiting = new Map<TableName, ExportRow[]>();
  readonly #seen = new Map<TableName, number>();
  readonly counts: Verified = { compared: 0, newer: 0, missing: 0, different: 0, extra: null };

  /** @param completeUpTo what was made after that need not be there */
  constructor(target: ExportTarget, committer: Committer, completeUpTo: string | null) {
    this.#target = target;
    this.#committer = committer;
    this.#completeUpTo = completeUpTo === null ? Number.NEGATIVE_INFINITY : Date.parse(completeUpTo);
  }

  async add(table: TableName, given: readonly ExportRow[]): Promise<void> {
    const forgotten = await this.#committer.findForgotten();
    const rows = forgotten ? given.filter((row) => !forgotten.hasRow(table, row)) : given;
    const waiting = [...(this.#waiting.get(table) ?? []), ...rows];
    this.#waiting.set(table, waiting);
    this.#seen.set(table, (this.#seen.get(table) ?? 0) + rows.length);
    if (waiting.length >= rowsAtOnce) await this.#compare(table);
  }

  /** @param isAll whether all that OnSync has was given: what the target has beside it is counted */
  async finish(isAll: boolean): Promise<Verified> {
    for (const table of this.#waiting.keys()) await this.#compare(table);
    await this.#committer.flush();
    if (isAll) {
      // Of what was seen, all that is not missing is there by now.
      let extra = this.counts.missing;
      for (const [table, seen] of this.#seen)
        extra += (await this.#target.count(await this.#committer.table(table))) - seen;
      this.counts.extra = extra;
    }
    return this.counts;
  }

  async #compare(name: TableName): Promise<void> {
    const rows = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, []);
    if (rows.length === 0) return;
    const table = await this.#committer.table(name);
    const keys = rows.map((row) => readKey(table, row));
    const exported = new Map((await this.#target.read(table, keys)).map((row) => [readKey(table, row), row]));
    const newer: ExportRow[] = [];
    for (const row of rows) {
      const finding = this.#judge(table, row, exported.get(readKey(table, row)));
      this.counts.compared += 1;
      if (finding !== "same") this.counts[finding] += 1;
      if (finding === "newer") newer.push(row);
    }
    await this.#committer.add(name, newer, new Map());
  }

  #judge(table: ExportTable, row: ExportRow, exported: ExportRow | undefined) {
    if (exported === undefined) return parseInstant(row.createdAt) > this.#completeUpTo ? "newer" : "missing";
    if (isSame(table, row, exported)) return "same";
    return readVersion(table.name, row) > readVersion(table.name, exported) ? "newer" : "different";
  }
}

/** Nothing, an empty text and none are one to some formats; an instant can be written in several ways. */
function isSame(table: ExportTable, one: ExportRow, other: ExportRow): boolean {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => {
    const [a, b] = [one[name], other[name]].map((value) => {
      if (value === undefined || value === null || value === "") return "";
      return types.get(name) === "timestamp" ? String(parseInstant(value)) : canonicalJson(value);
    });
    return a === b;
  });
}
