/**
 * What an export that was killed again and again must have come to: every row of the source once, in a state that is new enough,
 * none backwards, and nothing that the source never had.
 */
import { type Inbox, type TableName, versionAt } from "../inbox/inbox.ts";
import { type Canonical, type Format, toCanonical } from "./canonical.ts";
import { type Match, Versions } from "./versions.ts";

export type TargetRow = Readonly<Record<string, unknown>>;

export type Demand = {
  /** Every row of that time must be there. */
  upTo: number;
  /** In the state that it had then, or a later one; left out: `upTo`. */
  statesUpTo?: number;
  /** Rows that must be there at all; left out: all that the source had then. */
  ids?: ReadonlySet<string>;
};

export type Read = {
  inbox: Inbox;
  table: TableName;
  format: Format;
  /** In the order of the parts, and of the lines in them. */
  rows: readonly TargetRow[];
};

/** Parts have a changed row again, a table has each once. */
const hasParts = (format: Format): boolean => format !== "duckdb" && format !== "postgres";

export class Judge {
  readonly #read: Omit<Read, "rows">;
  readonly #versions: Versions;
  /** By id, the newest state that was ever read from the target. */
  readonly #floor = new Map<string, number>();

  constructor(read: Omit<Read, "rows">) {
    this.#read = read;
    this.#versions = new Versions(read.inbox, read.table, read.format);
  }

  /** Judges what a target shows at a moment at which the export may be anywhere. */
  look(rows: readonly TargetRow[]): string[] {
    const byId = new Map<string, Canonical[]>();
    for (const row of rows) {
      const canonical = toCanonical(row, this.#read.format);
      const id = canonical.id ?? "";
      byId.set(id, [...(byId.get(id) ?? []), canonical]);
    }
    const violations = [...byId].flatMap(([id, states]) => this.#judgeStates(id, states));
    for (const id of this.#floor.keys())
      if (!byId.has(id)) violations.push(`lost: ${id} was in the target, and is not any more`);
    return violations;
  }

  #judgeStates(id: string, states: readonly Canonical[]): string[] {
    const violations: string[] = [];
    if (!hasParts(this.#read.format) && states.length > 1)
      violations.push(`twice: ${id} is there ${states.length} times`);
    let previous: { match: Match; text: string } | undefined;
    for (const state of states) {
      const match = this.#versions.match(state);
      if (typeof match === "string") {
        violations.push(match);
        continue;
      }
      const text = JSON.stringify(state);
      if (previous?.text === text && hasParts(this.#read.format))
        violations.push(`twice: ${id} is there again, and the same`);
      if (previous && match.last < previous.match.first)
        violations.push(`backwards: ${id} goes from state ${previous.match.first} to ${match.last}`);
      previous = { match, text };
    }
    const floor = this.#floor.get(id) ?? 0;
    if (previous && previous.match.last < floor)
      violations.push(`backwards: ${id} was in state ${floor}, and is in ${previous.match.last}`);
    if (previous) this.#floor.set(id, Math.max(floor, previous.match.first));
    return violations;
  }

  /** Judges a target whose export is over. */
  judge(rows: readonly TargetRow[], demand: Demand): string[] {
    const last = new Map(rows.map((row) => [String(row.id), row]));
    const { inbox, table, format } = this.#read;
    const violations = this.look(rows);
    for (const [id, versions] of inbox.tables[table]) {
      if ((demand.ids && !demand.ids.has(id)) || versionAt(versions, demand.upTo) < 0) continue;
      const must = Math.max(0, versionAt(versions, demand.statesUpTo ?? demand.upTo));
      const row = last.get(id);
      const match = row && this.#versions.match(toCanonical(row, format));
      const since = new Date(versions[must]?.at ?? 0).toISOString();
      if (!match) violations.push(`lost: ${id} (state ${must}, since ${since}) is not there`);
      else if (typeof match !== "string" && match.last < this.#versions.firstLike(id, must))
        violations.push(`old: ${id} is in state ${match.last}, and was in ${must} since ${since}`);
    }
    return violations;
  }
}
