/**
 * What an export of messages takes from the reference API with its rate limit raised, beside a loop that only asks for page after
 * page and writes it down, as a script or a simple connector does: no checkpoint, no fsync, nothing known of what is there.
 *
 *   npm run bench:export                  10,000 and 1,000,000 messages
 *   npm run bench:export -- --rows 2000
 */
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { formatTable } from "../measure.ts";
import type { Measured } from "./measured.ts";

/** Of old and new objects. Left alone, Node lets garbage lie while the machine has room: that would not show what is needed. */
const heapFlags = ["--max-old-space-size=64", "--max-semi-space-size=4"];

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const run = promisify(execFile);
const ways = ["ndjson", "parquet", "naive"] as const;
const names = {
  ndjson: "onsync export, NDJSON",
  parquet: "onsync export, Parquet",
  naive: "pages, one after the other",
};

async function measure(folder: string, rows: number): Promise<string[][]> {
  const server = fork(join(import.meta.dirname, "server.ts"), [join(folder, `${rows}.db`), String(rows)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const [url] = (await once(server, "message")) as [string];
  const table: string[][] = [];
  for (const way of ways) {
    const args = [join(import.meta.dirname, "client.ts"), way, url, join(folder, `${way}-${rows}`)];
    const flags = ["--disable-warning=ExperimentalWarning", ...heapFlags];
    const { stdout } = await run(process.execPath, [...flags, ...args]);
    const { rows: count, ms, cpuMs, mib } = JSON.parse(stdout) as Measured;
    if (count !== rows) throw new Error(`${way}: ${count} rows of ${rows}`);
    const figures = [(count / ms) * 1000, (count / cpuMs) * 1000, mib].map((each) =>
      Math.round(each).toLocaleString("en-US"),
    );
    table.push([names[way], rows.toLocaleString("en-US"), ...figures]);
  }
  server.kill();
  await once(server, "exit");
  return table;
}

const folder = mkdtempSync(join(tmpdir(), "onsync-bench-export-"));
try {
  const sizes = [...new Set([Math.min(10_000, Number(values.rows)), Number(values.rows)])];
  const rows: string[][] = [];
  for (const size of sizes) rows.push(...(await measure(folder, size)));
  console.log(formatTable(["", "messages", "rows a second", "rows a CPU second", "MiB at most"], rows));
} finally {
  rmSync(folder, { recursive: true });
}
