/** Writes into docs/metrics.md what /metrics says of a run with faults: `node scripts/metrics.ts`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFaulty } from "../testing/metrics/faulty-run.ts";
import { withRun } from "../testing/metrics/report.ts";

const page = join(import.meta.dirname, "../docs/metrics.md");
const folder = mkdtempSync(join(tmpdir(), "onsync-metrics-"));
try {
  writeFileSync(page, withRun(readFileSync(page, "utf8"), await runFaulty(folder)));
} finally {
  rmSync(folder, { recursive: true });
}
