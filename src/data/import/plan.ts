/** What an import would do, row by row, without a request. */
import crypto from "node:crypto";
import type { Budget } from "../budget/budget.ts";
import { type Cluster, ClusterFinder } from "../contacts/clusters.ts";
import type { Mapping } from "../contacts/mapping.ts";
import { createReader, listIdentifiers, type ReadContact, type TagMode } from "../contacts/read-contact.ts";
import { RowHashes } from "../contacts/row-hashes.ts";
import type { Problem, RowFile } from "../rows/row.ts";
import type { Journal, RowState } from "./journal.ts";

/** What becomes of rows that share an identifier, and of a row whose identifiers are those of several contacts. */
export const duplicatePolicies = ["skip", "first", "newest", "ask"] as const;
export type DuplicatePolicy = (typeof duplicatePolicies)[number];

/** Of the rows of a cluster, the one that is sent, by its place in it; `null`: none. */
export type ChooseRow = (cluster: Cluster) => Promise<number | null>;

export type PlanOptions = {
  rows: RowFile;
  mapping: Mapping;
  /** Two letters, of whose numbers those without a country code are. */
  country?: string | undefined;
  tags: TagMode;
  onDuplicate: DuplicatePolicy;
  /** Asked with `onDuplicate: "ask"`. */
  chooseRow?: ChooseRow | undefined;
  /** `null`: nothing was imported before. */
  journal: Journal | null;
  budget: Budget;
};

/** `send`, or why not: it is not valid, an identical row is sent, or another of its cluster is. */
export type Decision = { kind: "send" } | { kind: "repeat" } | { kind: "invalid" | "held"; problem: Problem };

export type ImportPlan = {
  rows: number;
  valid: number;
  invalid: number;
  /** Rows that share an identifier with another one for which something else would be sent. */
  duplicates: number;
  /** Of those, the ones that are not sent. */
  held: number;
  /** Sent by an earlier import, or the same as another row: no request is needed. */
  unchanged: number;
  /** Settled already, by the import that this one goes on with. */
  settled: number;
  /** On their way when that import ended: they are sent again. */
  open: number;
  /** At most: with `tags: "add"`, a second one for each contact that lacks one of its tags. */
  requests: number;
  /** Of those, at most: what adding tags costs. */
  tagRequests: number;
  /** ISO 8601. */
  finishesAt: string;
  clusters: readonly Cluster[];
  /** The first of the rows that are not valid. */
  problems: readonly (Problem & { line: number })[];
  /** By row, from 0: what is done with it, and a hash by which it is known again. */
  decide(row: number): Decision;
  isSame(row: number, read: ReadContact | null): boolean;
};

const maxProblems = 1_000;

/** What is sent for a row, as a text that no other has. */
export function hashContact({ contact, addTags }: ReadContact): string {
  return crypto.hash("sha256", JSON.stringify([contact, addTags]), "hex").slice(0, 32);
}

/** Whether the import goes on with one that has not come to its end: the same options, in a text. */
export function describeOptions({
  mapping,
  country = "",
  tags,
  onDuplicate,
}: Omit<PlanOptions, "rows" | "journal" | "budget">): string {
  return JSON.stringify([mapping.targets, country, tags, onDuplicate]);
}

export async function planImport(options: PlanOptions): Promise<ImportPlan> {
  const seen = await readAll(options);
  const clusters = seen.finder.clusters();
  const held = await holdBack(options, seen, clusters);
  const rows = seen.hashes.count;
  const isLeft = (row: number): boolean => seen.invalid.has(row) || held.has(row) || seen.repeats.has(row);
  const countState = (kind: RowState["kind"]) =>
    [...seen.states].filter(([row, state]) => state === kind && !isLeft(row)).length;
  const [unchanged, settled] = [countState("unchanged"), countState("settled")];
  const isSent = (row: number) => !isLeft(row) && !["unchanged", "settled"].includes(seen.states.get(row) ?? "new");
  const tagRequests = [...seen.withTags].filter(isSent).length;
  const sent = rows - seen.invalid.size - held.size - seen.repeats.size - unchanged - settled;
  const requests = sent + tagRequests;
  return {
    rows,
    valid: rows - seen.invalid.size,
    invalid: seen.invalid.size,
    duplicates: clusters.reduce((sum, cluster) => sum + cluster.rows.length, 0),
    held: held.size,
    unchanged: unchanged + seen.repeats.size,
    settled,
    open: countState("open"),
    requests,
    tagRequests,
    finishesAt: new Date(await options.budget.estimate(requests)).toISOString(),
    clusters,
    problems: seen.problems,
    decide: (row) => decide(seen, held, row),
    isSame: (row, reading) => seen.hashes.isSame(row, reading && hashContact(reading)),
  };
}

/** What one reading of the file tells of its rows, by their number. */
type Seen = {
  finder: ClusterFinder;
  hashes: RowHashes;
  repeats: Set<number>;
  invalid: Map<number, Problem>;
  problems: (Problem & { line: number })[];
  states: Map<number, RowState["kind"]>;
  withTags: Set<number>;
};

async function readAll(options: PlanOptions): Promise<Seen> {
  const { rows: file, journal } = options;
  const isGoingOn = journal?.isUnfinished(describeOptions(options)) ?? false;
  const read = createReader(options);
  const seen: Seen = {
    ...{ finder: new ClusterFinder(), hashes: new RowHashes(), repeats: new Set(), invalid: new Map() },
    ...{ problems: [], states: new Map(), withTags: new Set() },
  };
  for await (const row of file.rows()) {
    const index = seen.hashes.count;
    const reading = read(row);
    if ("problem" in reading) {
      seen.hashes.push(null);
      seen.invalid.set(index, reading.problem);
      if (seen.problems.length < maxProblems) seen.problems.push({ line: row.line, ...reading.problem });
      continue;
    }
    const hashed = hashContact(reading);
    seen.hashes.push(hashed);
    const identifiers = listIdentifiers(reading.contact);
    const isSame = (earlier: number) => seen.hashes.isSame(earlier, hashed);
    if (seen.finder.add(index, row.line, identifiers, isSame) !== null) seen.repeats.add(index);
    if (reading.addTags.length > 0) seen.withTags.add(index);
    const { kind } = journal?.find(hashed, identifiers, isGoingOn) ?? { kind: "new" };
    if (kind !== "new") seen.states.set(index, kind);
  }
  return seen;
}

function decide({ invalid, repeats }: Seen, held: ReadonlyMap<number, Problem>, row: number): Decision {
  const problem = invalid.get(row);
  if (problem) return { kind: "invalid", problem };
  const heldBack = held.get(row);
  if (heldBack) return { kind: "held", problem: heldBack };
  return { kind: repeats.has(row) ? "repeat" : "send" };
}

/** @returns the rows that are not sent, since another of their cluster is, or none */
async function holdBack(
  { onDuplicate, chooseRow }: PlanOptions,
  { states, finder }: Seen,
  clusters: readonly Cluster[],
): Promise<Map<number, Problem>> {
  const held = new Map<number, Problem>();
  for (const cluster of clusters) {
    const settled = cluster.rows.findIndex((row) => states.get(row) === "settled");
    const chosen = settled !== -1 ? settled : await chooseFrom(cluster, onDuplicate, chooseRow);
    for (const [place, row] of cluster.rows.entries())
      if (place !== chosen)
        held.set(row, { field: finder.sharedField(row), reason: describeHeld(cluster, place, chosen) });
  }
  return held;
}

async function chooseFrom(
  { rows, ...rest }: Cluster,
  policy: DuplicatePolicy,
  choose?: ChooseRow,
): Promise<number | null> {
  switch (policy) {
    case "skip":
      return null;
    case "first":
      return 0;
    case "newest":
      return rows.length - 1;
    case "ask":
      return choose ? choose({ rows, ...rest }) : null;
  }
}

function describeHeld({ lines, fields }: Cluster, place: number, chosen: number | null): string {
  const shared = fields.join(" and ");
  if (chosen !== null) return `shares ${shared} with line ${lines[chosen]}, which was taken in its place`;
  const others = lines.filter((_, index) => index !== place);
  const named = others.slice(0, 5).join(", ");
  const more = others.length > 5 ? ` and ${others.length - 5} more` : "";
  return `shares ${shared} with line ${named}${more}: leave one of them, or say which counts (--on-duplicate)`;
}
