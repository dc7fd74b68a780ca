/** How fast an import goes at the real limit, when it said it would be done, and that live traffic beside it is never refused. */
import { expect, test } from "@jest/globals";
import type { OnSync, SendLedger } from "../../../src/client/index.ts";
import { createMemoryLedger, createOnSync, fetchTransport } from "../../../src/client/index.ts";
import { importFile, numberedContacts, temporaryFolder, writeContacts } from "../../../testing/imports/import-file.ts";
import { type VirtualPair, virtualPair } from "../../../testing/virtual-pair.ts";

const hourMs = 3_600_000;

/** When each request came, by the reference's own clock. */
function watchRequests(times: number[], clockOf: () => number) {
  return {
    wrap:
      <Request, Answer>(transport: (request: Request) => Promise<Answer>) =>
      (request: Request) => {
        times.push(clockOf());
        return transport(request);
      },
  };
}

/** @param rateLimit the org's: a tenth of the real one, where only proportions count */
async function paced(times: number[] = [], rateLimit = 100): Promise<VirtualPair> {
  let pair: VirtualPair | undefined;
  pair = await virtualPair(
    { rateLimit },
    { maxAttempts: 1 },
    watchRequests(times, () => pair?.clock.now() ?? 0),
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

test("at the real limit 99 % of the share is used, no hour takes more than it, and it ends when it said it would", async () => {
  using folder = temporaryFolder();
  writeContacts(folder.path, numberedContacts(1_300));
  const times: number[] = [];
  await using pair = await paced(times, 1_000);
  const { clock, onsync } = pair;
  const started = clock.now();
  const { plan, result } = await importFile(folder.path, { onsync, clock });
  expect(result).toMatchObject({ rows: 1_300, created: 1_300, refused: 0, requests: 1_300, complete: true });
  expect(times).toHaveLength(1_300);
  expect(busiestHour(times)).toBeLessThanOrEqual(600);
  const hours = (clock.now() - started) / hourMs;
  expect(times.length / (600 * hours)).toBeGreaterThanOrEqual(0.99);
  const promised = Date.parse(plan.finishesAt) - started;
  expect(Math.abs(clock.now() - started - promised) / promised).toBeLessThan(0.02);
}, 120_000);

test("an import that comes after another on the same ledger waits for its share of the hour, and says so beforehand", async () => {
  using folder = temporaryFolder();
  await using pair = await paced();
  const { clock, onsync } = pair;
  const ledger = createMemoryLedger({ clock });
  writeContacts(folder.path, numberedContacts(50));
  await importFile(folder.path, { onsync, clock, ledger });
  const between = clock.now();
  writeContacts(folder.path, numberedContacts(80));
  const { plan, result } = await importFile(folder.path, { onsync, clock, ledger });
  expect(result).toMatchObject({ created: 30, unchanged: 50, requests: 30 });
  const took = clock.now() - between;
  expect(took).toBeGreaterThan(0.95 * hourMs);
  expect(Math.abs(took - (Date.parse(plan.finishesAt) - between)) / took).toBeLessThan(0.02);
}, 120_000);

/** Traffic of the org's own, as Zaps and agents make it. @returns how often it was refused */
async function liveTraffic(pair: VirtualPair, bursts: readonly { atMs: number; count: number }[]): Promise<number[]> {
  const { clock, reference } = pair;
  const live: OnSync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => clock.busy(async () => reference.fetch(request))),
    maxAttempts: 1,
    clock,
  });
  const started = clock.now();
  const refused: number[] = [];
  for (const { atMs, count } of bursts) {
    await clock.sleep(Math.max(0, started + atMs - clock.now()));
    for (let number = 0; number < count; number++)
      await live.account.get().catch((error: { status?: number }) => {
        if (error.status === 429) refused.push(clock.now() - started);
        else throw error;
      });
  }
  return refused;
}

test.each<[string, { atMs: number; count: number }[]]>([
  ["steady", Array.from({ length: 160 }, (_, index) => ({ atMs: (index * hourMs) / 40, count: 1 }))],
  [
    "all of its share at once, at the beginning of each hour",
    [0, 1, 2, 3].map((hour) => ({ atMs: hour * hourMs, count: 40 })),
  ],
  [
    "all of its share at once, in the middle of what the import does",
    [0.001, 1.001, 2.002, 3.003].map((hour) => ({ atMs: hour * hourMs, count: 40 })),
  ],
  ["more than its share", Array.from({ length: 240 }, (_, index) => ({ atMs: (index * hourMs) / 70, count: 1 }))],
])(
  "live traffic beside an import at 60 %% is never refused: %s",
  async (_how, bursts) => {
    using folder = temporaryFolder();
    writeContacts(folder.path, numberedContacts(150));
    await using pair = await paced();
    const { clock, onsync } = pair;
    const [{ result }, refused] = await Promise.all([
      importFile(folder.path, { onsync, clock, share: 0.6 }),
      liveTraffic(pair, bursts),
    ]);
    expect(refused).toEqual([]);
    expect(result).toMatchObject({ created: 150, complete: true });
  },
  120_000,
);

test("two imports at once on one ledger take one share together", async () => {
  using one = temporaryFolder();
  using other = temporaryFolder();
  writeContacts(one.path, numberedContacts(70));
  writeContacts(
    other.path,
    numberedContacts(140).filter((_, index) => index === 0 || index > 70),
  );
  const times: number[] = [];
  await using pair = await paced(times);
  const { clock, onsync } = pair;
  const ledger: SendLedger = createMemoryLedger({ clock });
  const results = await Promise.all([one, other].map(({ path }) => importFile(path, { onsync, clock, ledger })));
  expect(results.map(({ result }) => result.created)).toEqual([70, 70]);
  expect(busiestHour(times)).toBeLessThanOrEqual(60);
}, 120_000);
