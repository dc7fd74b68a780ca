/**
 * Rows of one file that share a phone, an e-mail address or an external id: OnSync would take them for one contact, and the
 * later would overwrite the earlier in silence, or meet a 409.
 */

import { IdentifierTable } from "./identifier-table.ts";

export type Cluster = {
  /** Numbers of the rows, in the order of the file. */
  rows: readonly number[];
  lines: readonly number[];
  /** The fields that two of them share. */
  fields: readonly string[];
};

export class ClusterFinder {
  readonly #owners = new IdentifierTable();
  /** By row, one of its cluster that is nearer to the first. */
  readonly #parents = new Map<number, number>();
  readonly #shared = new Map<number, string>();
  readonly #lines: number[] = [];

  /**
   * @param row its number, from 0, one higher each time or more
   * @param isSame whether the very same is sent for an earlier row
   * @returns the line of an earlier row for which the very same is sent; `null`: there is none
   */
  add(
    row: number,
    line: number,
    identifiers: readonly { field: string; value: string }[],
    isSame: (earlier: number) => boolean,
  ): number | null {
    this.#lines[row] = line;
    const owners = identifiers.map(({ value }) => this.#owners.add(value, row));
    const same = owners.find((owner) => owner !== undefined && isSame(owner));
    if (same !== undefined && owners.every((owner) => owner === same)) return this.#lines[same] ?? null;
    for (const [index, { field }] of identifiers.entries()) {
      const owner = owners[index];
      if (owner !== undefined) this.#join(row, owner, field);
    }
    return null;
  }

  #find(row: number): number {
    let root = row;
    for (let up = this.#parents.get(root); up !== undefined && up !== root; up = this.#parents.get(root)) root = up;
    for (let at = row; at !== root; ) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }

  #join(row: number, owner: number, field: string): void {
    const [one, other] = [this.#find(row), this.#find(owner)];
    const [root, joined] = one < other ? [one, other] : [other, one];
    this.#parents.set(root, root);
    this.#parents.set(joined, root);
    this.#parents.set(row, root);
    this.#shared.set(row, field);
    if (!this.#shared.has(owner)) this.#shared.set(owner, field);
  }

  /** Those of two rows and more. */
  clusters(): Cluster[] {
    const members = new Map<number, number[]>();
    for (const row of [...this.#parents.keys()].sort((a, b) => a - b)) {
      const root = this.#find(row);
      const rows = members.get(root);
      if (rows) rows.push(row);
      else members.set(root, [row]);
    }
    return [...members.values()].map((rows) => ({
      rows,
      lines: rows.map((row) => this.#lines[row] ?? 0),
      fields: [...new Set(rows.flatMap((row) => this.#shared.get(row) ?? []))],
    }));
  }

  /** What a row shares with another of its cluster. */
  sharedField(row: number): string {
    return this.#shared.get(row) ?? "";
  }
}
