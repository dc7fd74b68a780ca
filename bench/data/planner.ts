/** Plans one import, in a process of its own: says what that took. */
import { createMemoryLedger } from "../../src/client/index.ts";
import { createBudget, mapColumns, openRows, planImport } from "../../src/data/index.ts";

const started = performance.now();
const rows = await openRows(process.argv[2] as string);
const budget = createBudget({ ledger: createMemoryLedger(), scope: "bench" });
const mapping = mapColumns(rows.columns);
await planImport({ rows, mapping, country: "AE", tags: "keep", onDuplicate: "skip", journal: null, budget });
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.send?.([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024, (performance.now() - started) / 1000]);
process.disconnect?.();
