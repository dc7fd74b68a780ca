/** What is kept of a run: medians, ratios and how much they differ, in one small file that the page is written from. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Aim, Table } from "./question.ts";
import { calculateSpread, median } from "./statistics.ts";

/** A ratio that is less certain than this share of itself is not given. */
export const maxUncertainty = 0.25;

export type KeptRow = {
  name: string;
  /** By measure; `null` where the row does not have it. */
  medians: (number | null)[];
  /** By measure that is compared, to the base: the median of the ratios of each round, and how much those differ. */
  ratios: ({ ratio: number; spread: number } | null)[];
  aim?: Aim;
};
export type KeptTable = Omit<Table, "rows"> & { rounds: number; rows: KeptRow[] };
export type KeptAnswer = { commit: string; node: string; machine: string; seconds: number; tables: KeptTable[] };
/** By the name of the question. */
export type Results = Record<string, KeptAnswer>;

const root = join(import.meta.dirname, "../..");
export const resultsFile = join(root, "docs/benchmarks.json");

export function readResults(): Results {
  return JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
}

/** Enough to tell figures apart, and no more. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

function keepRow({ rows, base, measures }: Table, row: Table["rows"][number]): KeptRow {
  const { name, values, aim } = row;
  const baseValues = rows.find((each) => each.name === base)?.values;
  const ratios = measures.flatMap(({ compared }, index) => {
    if (!compared || !baseValues) return [];
    const pairs = (values[index] ?? []).map((value, turn) => value / (baseValues[index]?.[turn] as number));
    return [pairs.length === 0 ? null : { ratio: round(median(pairs)), spread: round(calculateSpread(pairs)) }];
  });
  const medians = measures.map((_, index) => (values[index]?.length ? round(median(values[index])) : null));
  return { name, medians, ratios, ...(aim && { aim }) };
}

export function keepTable(table: Table): KeptTable {
  const { rows, ...rest } = table;
  const rounds = Math.max(...rows.flatMap(({ values }) => values.map(({ length }) => length)));
  return { ...rest, rounds, rows: rows.map((row) => keepRow(table, row)) };
}

export function describeMachine(): Pick<KeptAnswer, "commit" | "node" | "machine"> {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const isChanged = git("status", "--porcelain", "--", ".", ":!docs") !== "";
  const commit = `${git("rev-parse", "--short", "HEAD")}${isChanged ? ", changed since" : ""}`;
  return { commit, node: process.version, machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}` };
}
