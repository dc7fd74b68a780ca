/** What an import and an export take, beside the loop that a script or a simple connector does it by. */
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { numberedContacts } from "../../testing/imports/import-file.ts";
import { endChild, receive, startChild } from "../harness/child.ts";
import type { Question, Scale, Table } from "../harness/question.ts";

/** Of old and new objects. Left alone, Node lets garbage lie while the machine has room: that would not show what is needed. */
const flags = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=64", "--max-semi-space-size=4"];

type Way = { name: string; way: string; format?: string };
const exports: Way[] = [
  { name: "pages, one after the other", way: "loopOverPages" },
  { name: "onsync export, NDJSON", way: "exportMessages", format: "ndjson" },
  { name: "onsync export, CSV", way: "exportMessages", format: "csv" },
  { name: "onsync export, Parquet", way: "exportMessages", format: "parquet" },
];
const imports: Way[] = [
  { name: "rows, one after the other", way: "loopOverRows" },
  { name: "onsync import", way: "importContacts" },
];

type Moved = { rows: number; ms: number; cpuMs: number; mib: number };

async function move({ way, format = "" }: Way, url: string, path: string): Promise<Moved> {
  const child = fork(join(import.meta.dirname, "mover.ts"), [way, url, path, format], { execArgv: flags });
  const moved = (await receive(child)) as Moved;
  await endChild(child);
  return moved;
}

/** In turns, each time to or from a file of its own. */
async function measureWays(
  ways: readonly Way[],
  rounds: number,
  start: (turn: string) => { url: string; path: string },
) {
  const values = ways.map((): [number[], number[], number[]] => [[], [], []]);
  for (let round = 0; round < rounds; round++)
    for (const [index, way] of ways.entries()) {
      const { url, path } = start(`${round}-${index}`);
      const { rows, ms, cpuMs, mib } = await move(way, url, path);
      for (const [measured, figure] of [rows / (ms / 1000), rows / (cpuMs / 1000), mib].entries())
        values[index]?.[measured]?.push(figure);
    }
  return values;
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const [messages, contacts, rounds] = isSmall ? [1_000, 20, 1] : [50_000, 1_000, 3];
  const { child, said } = await startChild(join(import.meta.dirname, "server.ts"), [
    join(folder, "inbox.db"),
    String(messages),
  ]);
  const url = said as string;
  try {
    const toTable = (caption: string, ways: readonly Way[], values: number[][][]): Table => ({
      ...{ caption, what: "way", base: ways[0]?.name as string },
      measures: [
        { name: "rows a second", compared: true },
        { name: "rows a CPU second", compared: true },
        { name: "MiB at most" },
      ],
      rows: ways.map(({ name }, index) => ({ name, values: values[index] ?? [] })),
    });
    const exported = await measureWays(exports, rounds, (turn) => ({ url, path: join(folder, `out-${turn}`) }));
    const imported = await measureWays(imports, rounds, (turn) => {
      const path = join(folder, `contacts-${turn}.csv`);
      writeFileSync(path, `${numberedContacts(contacts).join("\n")}\n`);
      return { url, path };
    });
    return [
      toTable(`An export of ${messages.toLocaleString("en-US")} messages`, exports, exported),
      toTable(`An import of ${contacts.toLocaleString("en-US")} contacts from CSV`, imports, imported),
    ];
  } finally {
    await endChild(child);
  }
}

export const data: Question = {
  name: "data",
  title: "Imports and exports",
  about: `Of the reference API on a data file with its rate limit raised, beside a loop that asks for one page, or sends one row, after the
other: without a check, a plan, a journal, a checkpoint or an \`fsync\`, and with nothing known of what is there already. Server and
client are a process each, and each client has 64 MiB for old objects and 12 for new ones.`,
  measure,
};
