/**
 * What keeping events costs: durable accepts over HTTP against the same server without a store and against raw SQLite,
 * signature checks against other libraries, the time from a delivery to its hand-on, the engines side by side, memory at a
 * backlog of a million and under attack, and a healthy conversation beside a thousand that hang. Every server is a process
 * of its own; this one is the sender.
 *
 *   npm ci --prefix bench/webhooks           the libraries to compare with
 *   node bench/events/index.ts [--only accepts,verify,latency,memory,hostile,hanging] [--seconds 5] [--backlog 1000000]
 */
import { rmSync } from "node:fs";
import { measureAccepts } from "./accepts.ts";
import { measureBesideHanging } from "./hanging.ts";
import { measureUnderAttack } from "./hostile.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { folder, options, seconds } from "./setup.ts";
import { measureVerify } from "./verify.ts";

const parts: Record<string, () => Promise<void>> = {
  accepts: measureAccepts,
  verify: measureVerify,
  latency: measureLatency,
  memory: measureMemory,
  hostile: measureUnderAttack,
  hanging: measureBesideHanging,
};
try {
  console.log(`Node ${process.version}, ${seconds} s a cell`);
  for (const name of options.only.split(",")) {
    const part = parts[name];
    if (!part) throw new Error(`--only: ${name} is none of ${Object.keys(parts).join(", ")}.`);
    await part();
  }
} finally {
  rmSync(folder, { recursive: true });
}
