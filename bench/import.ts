/**
 * What the plan of an import takes, a fresh process each: reading, numbers, checks, and finding the rows that share an identifier.
 *
 *   npm run bench:import                 1,000 and 200,000 contacts
 *   npm run bench:import -- --rows 2000
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createMemoryLedger } from "../src/client/index.ts";
import { createBudget, mapColumns, openRows, planImport } from "../src/data/index.ts";
import { formatTable } from "./measure.ts";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "200000" }, plan: { type: "string" } },
});

type Measured = { rows: number; valid: number; duplicates: number; ms: number; cpuMs: number; mib: number };

async function plan(file: string): Promise<Measured> {
  const started = performance.now();
  const rows = await openRows(file);
  const budget = createBudget({ ledger: createMemoryLedger(), scope: "bench" });
  const mapping = mapColumns(rows.columns);
  const options = { rows, mapping, country: "AE", tags: "keep", onDuplicate: "skip", journal: null, budget } as const;
  const { rows: count, valid, duplicates } = await planImport(options);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuMs = (userCPUTime + systemCPUTime) / 1000;
  return { rows: count, valid, duplicates, ms: performance.now() - started, cpuMs, mib: maxRSS / 1024 };
}

/** Seven columns; a number in ten is a local one, and each thousandth row shares an address with the one before it. */
function writeFile(file: string, count: number): void {
  const lines = ["First Name,Last Name,Phone,Email,Tags,Note,External ID"];
  for (let row = 0; row < count; row++) {
    const number = String(1_000_000 + ((row * 7) % 9_000_000));
    const phone = row % 10 === 0 ? `050 ${number.slice(0, 3)} ${number.slice(3)}` : `+97152${number}`;
    const email = `sara${row % 1_000 === 999 ? row - 1 : row}@example.com`;
    lines.push(`Sara,"Hussein, ${row}",${phone},${email},lead;expo,met at the booth,crm_${row}`);
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
}

if (values.plan !== undefined) console.log(JSON.stringify(await plan(values.plan)));
else {
  const folder = mkdtempSync(join(tmpdir(), "onsync-bench-import-"));
  try {
    const sizes = [...new Set([1_000, Number(values.rows)])];
    const measured = sizes.map((count) => {
      const file = join(folder, `${count}.csv`);
      writeFile(file, count);
      const args = ["--disable-warning=ExperimentalWarning", import.meta.filename, "--plan", file];
      return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
    });
    const format = (number: number) => Math.round(number).toLocaleString("en-US");
    const rows = measured.map(({ rows: count, ms, cpuMs, mib }) => [
      format(count),
      (ms / 1000).toFixed(1),
      (cpuMs / 1000).toFixed(1),
      format(mib),
    ]);
    console.log(formatTable(["contacts", "seconds", "CPU seconds, the start included", "MiB at most"], rows));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
