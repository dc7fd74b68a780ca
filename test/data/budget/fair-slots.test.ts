/** Several orgs' imports beside each other: what one org's OnSync does holds none of the others up. */

import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createMemoryLedger, createOnSync, fetchTransport, type OnSync } from "../../../src/client/index.ts";
import { FairSlots, type Slots } from "../../../src/data/budget/fair-slots.ts";
import {
  createBudget,
  mapColumns,
  openJournal,
  planImport,
  RefusedFile,
  type RowFile,
  runImport,
} from "../../../src/data/index.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";

type Temper = "quick" | "slow" | "failing" | "blocked";

const hourMs = 3_600_000;

/** An OnSync that answers as one org's does; what it is asked is kept, with how many were under way in all. */
function startOrg(name: string, temper: Temper, clock: VirtualClock, underWay: { now: number; most: number }) {
  let saved = 0;
  const answer = async (): Promise<Response> => {
    underWay.now += 1;
    underWay.most = Math.max(underWay.most, underWay.now);
    await clock.sleep(temper === "slow" ? 20_000 : 100);
    underWay.now -= 1;
    const said = { requestId: "req_1", timestamp: "2026-01-01T00:00:00.000Z" };
    const error = (code: string) => ({ error: { code, message: "no", details: [] }, ...said });
    if (temper === "failing") return Response.json(error("internal_error"), { status: 503 });
    if (temper === "blocked")
      return Response.json(error("rate_limited"), { status: 429, headers: { "retry-after": "3600" } });
    saved += 1;
    const contact = { id: `contact_${saved}`, orgId: name, tags: [], properties: {}, createdAt: said.timestamp };
    return Response.json({ ...contact, ...said }, { status: 201 });
  };
  const transport = fetchTransport(answer);
  return createOnSync({
    ...{ apiKey: "onsync_pk_test_ci", baseUrl: `http://127.0.0.1/${name}/v1`, transport, clock, maxAttempts: 1 },
  });
}

/** Contacts that no disk is waited for: time stands still while one is. */
const rows: RowFile = {
  ...{ format: "csv", description: "", columns: ["phone"] },
  async *rows() {
    for (let line = 2; line < 42; line++) yield { line, cells: [`+97150${1_000_000 + line}`] };
  },
};

async function importRows(onsync: OnSync, clock: VirtualClock, slots: Slots, signal: AbortSignal): Promise<boolean> {
  using folder = temporaryFolder();
  const journal = openJournal(join(folder.path, "journal"));
  const budget = createBudget({ ledger: createMemoryLedger({ clock }), scope: onsync.baseUrl, clock, slots });
  const said = { rows, mapping: mapColumns(rows.columns), tags: "keep", onDuplicate: "skip", budget, journal } as const;
  try {
    const plan = await planImport(said);
    const refused = new RefusedFile(join(folder.path, "refused.csv"), rows);
    return (await runImport({ ...said, plan, onsync, refused, clock, random: () => 1, signal })).complete;
  } catch {
    return false;
  } finally {
    journal.close();
  }
}

/** @returns when each org's import was done, in milliseconds; `null`: not within two hours */
async function importTogether(tempers: readonly Temper[], total: number) {
  const clock = new VirtualClock();
  const slots = new FairSlots(total, tempers.length);
  const underWay = { now: 0, most: 0 };
  const started = clock.now();
  const stopping = new AbortController();
  const ended = tempers.map(async (temper, index) => {
    const onsync = startOrg(`org_${index}`, temper, clock, underWay);
    const isDone = await importRows(onsync, clock, slots.of(index), stopping.signal);
    return isDone ? clock.now() - started : null;
  });
  void clock.sleep(2 * hourMs).then(() => stopping.abort());
  return { ended: await Promise.all(ended), most: underWay.most };
}

test("an org that is slow, fails or is blocked holds none of the others up, and no more requests are under way than may be", async () => {
  const alone = (await importTogether(["quick"], 2)).ended[0] ?? 0;
  const tempers = ["slow", "quick", "failing", "quick", "blocked", "slow", "quick", "slow"] as const;
  const { ended, most } = await importTogether(tempers, 16);
  const quick = ended.filter((_, index) => tempers[index] === "quick").map((each) => each ?? Number.NaN);
  for (const each of quick) expect(each / alone).toBeLessThan(1.1);
  expect(most).toBeLessThanOrEqual(16);
  // The others have not been given up because of it.
  expect(ended.filter((each, index) => tempers[index] === "slow" && each === null)).toEqual([]);
}, 60_000);

test("with more orgs than requests that may be under way, each has its turn", async () => {
  const tempers = Array.from({ length: 9 }, (): Temper => "quick");
  const { ended, most } = await importTogether(tempers, 3);
  expect(most).toBe(3);
  const times = ended.map((each) => each ?? Number.NaN);
  expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.05);
}, 60_000);

test("a slot that is waited for no longer is another's", async () => {
  const slots = new FairSlots(1, 3);
  const giveBack = await slots.of(0).take();
  const stopping = new AbortController();
  const stopped = slots.of(1).take(stopping.signal);
  const next = slots.of(2).take();
  stopping.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  giveBack();
  giveBack();
  (await next)();
  await expect(slots.of(1).take(stopping.signal)).rejects.toThrow("stopped");
  (await slots.of(1).take())();
});
