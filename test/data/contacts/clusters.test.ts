/** Rows that share an identifier, found in one pass, against a search that compares each with each. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ClusterFinder } from "../../../src/data/contacts/clusters.ts";
import { IdentifierTable } from "../../../src/data/contacts/identifier-table.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";

type Row = { phone: number | null; email: number | null; name: number };

function identifiersOf({ phone, email }: Row) {
  return [
    ...(phone === null ? [] : [{ field: "phone", value: `+${phone}` }]),
    ...(email === null ? [] : [{ field: "email", value: `${email}@` }]),
  ];
}

/** Groups by walking from row to row, as long as one shares something with one of the group. */
function groupNaively(rows: readonly Row[]): number[][] {
  const shares = (one: Row, other: Row) =>
    (one.phone !== null && one.phone === other.phone) || (one.email !== null && one.email === other.email);
  const left = new Set(rows.keys());
  const groups: number[][] = [];
  for (const start of rows.keys()) {
    if (!left.delete(start)) continue;
    const group = [start];
    for (const member of group)
      for (const other of [...left])
        if (shares(rows[member] as Row, rows[other] as Row)) {
          left.delete(other);
          group.push(other);
        }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

const value = fc.option(fc.integer({ min: 1, max: 12 }), { nil: null });

test("property: the clusters are those that comparing each row with each finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ phone: value, email: value, name: fc.integer({ min: 1, max: 1_000_000 }) }), {
        maxLength: 30,
      }),
      (drawn) => {
        // Each row is another one, so that none repeats another.
        const rows = drawn.map((row, index) => ({ ...row, name: index }));
        const finder = new ClusterFinder();
        for (const [index, row] of rows.entries())
          expect(finder.add(index, index + 2, identifiersOf(row), () => false)).toBeNull();
        const found = finder.clusters().map((cluster) => [...cluster.rows]);
        expect(found).toEqual(groupNaively(rows).filter((group) => group.length > 1));
      },
    ),
    { numRuns: chooseRuns(500) },
  );
});

test("a row that repeats another is told by that one's line, and is no cluster", () => {
  const finder = new ClusterFinder();
  const row = [{ field: "phone", value: "+1" }];
  expect(finder.add(0, 2, row, () => false)).toBeNull();
  expect(finder.add(1, 3, row, (earlier) => earlier === 0)).toBe(2);
  expect(finder.clusters()).toEqual([]);
  expect(finder.add(2, 4, row, () => false)).toBeNull();
  expect(finder.clusters()).toEqual([{ rows: [0, 2], lines: [2, 4], fields: ["phone"] }]);
});

test("a hundred thousand identifiers are told apart", () => {
  const table = new IdentifierTable();
  const found = Array.from({ length: 100_000 }, (_, index) => table.add(`+97150${index}`, index)).filter(
    (row) => row !== undefined,
  );
  expect(found).toEqual([]);
  expect(table.add("+971504711", 7)).toBe(4711);
});
