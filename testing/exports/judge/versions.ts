/** Which of the states that a row ever had a target shows. */
import type { Inbox, TableName, Version } from "../inbox/inbox.ts";
import { type Canonical, describeDifference, type Format, toCanonical, withoutLoose } from "./canonical.ts";

/** The first and the last state that look like it: those of a conversation may differ in what no event tells alone. */
export type Match = { first: number; last: number };

type Known = { versions: readonly Version[]; full: string[]; strict: string[] };

export class Versions {
  readonly #inbox: Inbox;
  readonly #table: TableName;
  readonly #format: Format;
  readonly #known = new Map<string, Known>();

  constructor(inbox: Inbox, table: TableName, format: Format) {
    this.#inbox = inbox;
    this.#table = table;
    this.#format = format;
  }

  #of(id: string): Known | null {
    const versions = this.#inbox.tables[this.#table].get(id);
    if (!versions) return null;
    const known = this.#known.get(id) ?? { versions, full: [], strict: [] };
    for (const { row } of versions.slice(known.full.length)) {
      const canonical = toCanonical(row, this.#format);
      known.full.push(JSON.stringify(canonical));
      known.strict.push(JSON.stringify(withoutLoose(this.#table, canonical)));
    }
    this.#known.set(id, known);
    return known;
  }

  /** The first of the states up to that one between which there is nothing that an event tells. */
  firstLike(id: string, state: number): number {
    const strict = this.#of(id)?.strict ?? [];
    return strict.findLastIndex((text, index) => index < state && text !== strict[state]) + 1;
  }

  /** @returns what is wrong, where the row never looked like that */
  match(row: Canonical): Match | string {
    const id = row.id ?? "";
    const known = this.#of(id);
    if (!known) return `made up: the source has no ${id || JSON.stringify(row).slice(0, 200)}`;
    const full = JSON.stringify(row);
    const exact = known.full.lastIndexOf(full);
    if (exact >= 0) return { first: known.full.indexOf(full), last: exact };
    const strict = JSON.stringify(withoutLoose(this.#table, row));
    const last = known.strict.lastIndexOf(strict);
    if (last >= 0) return { first: known.strict.indexOf(strict), last };
    const newest = toCanonical(known.versions.at(-1)?.row ?? {}, this.#format);
    return `made up: ${id} never looked like that: ${describeDifference(row, newest)}`;
  }
}
