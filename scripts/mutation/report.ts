/**
 * What mutation testing found, in `test/mutation/report.json`: the figures of each area, and each mutant that survived with the
 * reason why it may. Who runs it again keeps the reasons of those that survive again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatTable } from "../tables/markdown.ts";
import type { Mutant } from "./tree.ts";
import type { Verdict } from "./try-mutant.ts";

export type Result = Mutant & Verdict;
type Count = { mutants: number; killed: number; timeout: number; survived: number; uncovered: number };
export type Figures = {
  /** How many mutants there are; fewer were tried where a sample was drawn, by a seed. */
  of: number;
  seed: string;
  all: Count;
  withoutWords: Count;
};
type Survivor = Pick<Mutant, "file" | "mutator" | "original" | "replacement"> & {
  /** How many there are like it in the file. */
  count: number;
  /** The name of its reason; none where nobody has looked at it. */
  why?: string;
};
export type Report = {
  areas: Record<string, Figures>;
  /** By name: why a mutant may survive. */
  reasons: Record<string, string>;
  survivors: Record<string, Survivor[]>;
};

const file = join(import.meta.dirname, "../../test/mutation/report.json");

export const readReport = (): Report => JSON.parse(readFileSync(file, "utf8"));

export const keyOf = ({ file, mutator, original, replacement }: Omit<Survivor, "count">): string =>
  JSON.stringify([file, mutator, original, replacement]);

function count(results: readonly Result[]): Count {
  const counted: Count = { mutants: results.length, killed: 0, timeout: 0, survived: 0, uncovered: 0 };
  for (const { status } of results) counted[status] += 1;
  return counted;
}

/** The results of an area put into the report. */
export function updateReport(
  report: Report,
  area: string,
  results: readonly Result[],
  { of, seed }: Pick<Figures, "of" | "seed">,
): Report {
  const reasonOf = new Map((report.survivors[area] ?? []).map((survivor) => [keyOf(survivor), survivor.why]));
  const survivors = new Map<string, Survivor>();
  for (const { file, mutator, original, replacement, status } of results) {
    if (status === "killed" || status === "timeout") continue;
    const key = keyOf({ file, mutator, original, replacement });
    const why = reasonOf.get(key);
    const known = survivors.get(key) ?? { file, mutator, original, replacement, count: 0, ...(why && { why }) };
    survivors.set(key, { ...known, count: known.count + 1 });
  }
  return {
    areas: {
      ...report.areas,
      [area]: {
        of,
        seed,
        all: count(results),
        withoutWords: count(results.filter(({ mutator }) => mutator !== "StringLiteral")),
      },
    },
    reasons: report.reasons,
    survivors: { ...report.survivors, [area]: [...survivors.values()] },
  };
}

export function writeReport(report: Report): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** In percent: of those that were tried, how many a test noticed. */
export const scoreOf = ({ mutants, killed, timeout }: Count): number => (100 * (killed + timeout)) / mutants;

export function createScoreTable({ areas }: Report): string {
  return formatTable(
    ["area", "mutants", "tried", "killed", "ended by a limit", "survived", "met by no test", "score", "without words"],
    Object.entries(areas).map(([name, { of, all, withoutWords }]) => [
      `\`${name}\``,
      ...[of, all.mutants, all.killed, all.timeout, all.survived, all.uncovered].map((figure) => `${figure}`),
      ...[all, withoutWords].map((one) => `${scoreOf(one).toFixed(1)} %`),
    ]),
  );
}

export function createReasonTable({ reasons, survivors }: Report): string {
  const listed = Object.values(survivors).flat();
  return formatTable(
    ["why they may survive", "how many"],
    Object.entries(reasons).map(([name, reason]) => [
      reason,
      `${listed.filter(({ why }) => why === name).reduce((sum, one) => sum + one.count, 0)}`,
    ]),
  );
}
