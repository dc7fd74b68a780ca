/** How fast an export goes at the real limit, and when it said it would be done. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createMemoryLedger, type OnSync } from "../../../src/client/index.ts";
import { createBudget, openFileTarget, runExport } from "../../../src/data/index.ts";
import { readParts } from "../../../testing/exports/export-to.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { type VirtualPair, virtualPair } from "../../../testing/virtual-pair.ts";

const hourMs = 3_600_000;

/** When each request came, by the reference's own clock. */
async function paced(times: number[]): Promise<VirtualPair> {
  let pair: VirtualPair | undefined;
  pair = await virtualPair(
    { rateLimit: 1_000 },
    { maxAttempts: 1 },
    {
      wrap: (transport) => (request) => {
        times.push(pair?.clock.now() ?? 0);
        return transport(request);
      },
    },
  );
  return pair;
}

/** The most that came within an hour, whenever it begins. */
function busiestHour(times: readonly number[]): number {
  let first = 0;
  return times.reduce((most, time, index) => {
    while ((times[first] ?? 0) <= time - hourMs) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
}

async function exportMessages(folder: string, pair: VirtualPair, onsync: OnSync) {
  const { clock, reference } = pair;
  const target = openFileTarget({
    ...{ path: join(folder, "out"), layout: "folder", format: "ndjson", state: join(folder, "out.state") },
  });
  const budget = createBudget({ ledger: createMemoryLedger({ clock }), scope: "test", share: 0.6, clock });
  let promised: Promise<number> | undefined;
  const result = await runExport({
    ...{ tables: ["messages"], target, onsync, budget, clock, apiKey: reference.key, random: () => 1 },
    onProgress({ left }) {
      if (left !== null) promised ??= budget.estimate(left.requests);
    },
  });
  await target.close();
  return { result, promised: (await promised) ?? 0 };
}

async function fill(pair: VirtualPair, conversations: number, messages: number): Promise<void> {
  for (let message = 0; message < messages; message++)
    for (let number = 0; number < conversations; number++)
      await pair.reference.control.inbound({
        ...{ platform: "whatsapp", from: `+97150${String(1_000_000 + number)}`, content: `Hi ${message}` },
      });
}

test("at the real limit 99 % of the share is used, no hour takes more than it, and it ends when it said it would", async () => {
  using folder = temporaryFolder();
  const times: number[] = [];
  await using pair = await paced(times);
  await fill(pair, 1_290, 1);
  const { clock, onsync } = pair;
  const started = clock.now();
  const { result, promised } = await exportMessages(folder.path, pair, onsync);
  expect(result).toMatchObject({ rows: 1_290, unknown: [], complete: true });
  expect(readParts(folder.path)).toHaveLength(1_290);
  expect(times).toHaveLength(result.requests);
  expect(busiestHour(times)).toBeLessThanOrEqual(600);
  const hours = (clock.now() - started) / hourMs;
  expect(times.length / (600 * hours)).toBeGreaterThanOrEqual(0.99);
  expect(Math.abs(clock.now() - promised) / (clock.now() - started)).toBeLessThan(0.02);
}, 120_000);
