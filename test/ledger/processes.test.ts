/** Real processes on one file, and what is left of it when they are killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { systemClock } from "../../src/client/clock.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { leaseMs } from "./messages.ts";

const claimer = join(import.meta.dirname, "fixtures/claimer.ts");
/** What starting Node may take on a machine with other work. */
const boundMs = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-ledger-processes-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

type Claimer = { go(): void; kill(): void; lines: string[]; ended: Promise<void> };

/** @param onLine is called with the number of lines so far */
async function startClaimer(
  file: string,
  [first, last, step]: [number, number, number],
  onLine: (count: number, self: Claimer) => void = () => {},
): Promise<Claimer> {
  const args = ["--disable-warning=ExperimentalWarning", claimer, file, ...[first, last, step].map(String)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const reader = createInterface({ input: child.stdout });
  const lines: string[] = [];
  const ended = new Promise<void>((resolve) => reader.once("close", () => resolve()));
  const self: Claimer = {
    go: () => void child.stdin.write("go\n"),
    kill: () => void child.kill("SIGKILL"),
    lines,
    ended,
  };
  await new Promise<void>((resolve) => {
    reader.on("line", (line) => {
      if (line === "ready") return resolve();
      lines.push(line);
      onLine(lines.length, self);
    });
  });
  return self;
}

function said(word: string, ...claimers: Claimer[]): number[] {
  return claimers.flatMap(({ lines }) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(" ")[1])),
  );
}

function inOrder(numbers: number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

/** A process that comes when the leases of all others are over. */
function openLater(file: string) {
  const laterMs = 2 * leaseMs;
  return openSqliteLedger({
    file,
    clock: { ...systemClock, now: () => Date.now() + laterMs },
    uptime: () => uptime() + laterMs / 1000,
  });
}

test(
  "of 200 references that two processes claim at once, on a file that neither found, each is granted once",
  async () => {
    const file = join(folder, "at-once.db");
    const [up, down] = await Promise.all([startClaimer(file, [0, 199, 1]), startClaimer(file, [0, 199, 1])]);
    up.go();
    down.go();
    await Promise.all([up.ended, down.ended]);
    const all = Array.from({ length: 200 }, (_, index) => index);
    expect(inOrder(said("granted", up, down))).toEqual(all);
    expect(inOrder(said("refused", up, down))).toEqual(all);
    const ledger = openLater(file);
    expect(await ledger.list({ states: ["sent"], limit: 1000 })).toHaveLength(67);
    expect(await ledger.list({ states: ["unknown"], limit: 1000 })).toHaveLength(133);
    await ledger.close();
  },
  boundMs,
);

test(
  "a process that is killed leaves a file that opens, claims that read unknown, and nothing to be granted again",
  async () => {
    const file = join(folder, "killed.db");
    const claimers: Claimer[] = [];
    // Each pair meets: one comes from below, the other from above. Either is killed after as many lines as fall to it.
    for (let round = 0; round < 4; round += 1) {
      const killAfter = [Math.floor(Math.random() * 150), Math.floor(Math.random() * 150)];
      const pair = await Promise.all(
        (
          [
            [round * 50, 999, 1],
            [round * 50 + 199, 0, -1],
          ] as [number, number, number][]
        ).map((range, index) =>
          startClaimer(file, range, (count, self) => count > (killAfter[index] as number) && self.kill()),
        ),
      );
      for (const each of pair) each.go();
      await Promise.all(pair.map(({ ended }) => ended));
      claimers.push(...pair);
    }

    const granted = said("granted", ...claimers);
    expect(new Set(granted).size).toBe(granted.length);
    const ledger = openLater(file);
    const entries = await ledger.list({ limit: 10_000 });
    const claimIds = new Map(entries.map(({ reference, claimId }) => [reference, claimId]));
    for (const line of claimers.flatMap(({ lines }) => lines)) {
      const [word, number, claimId] = line.split(" ");
      if (word === "granted") expect(claimIds.get(`order-${number}`)).toBe(claimId);
    }
    // Whoever was killed between two steps had no time to say one of them.
    expect(entries.length - granted.length).toBeLessThanOrEqual(claimers.length);
    const [unknown, sent] = [
      entries.filter(({ state }) => state === "unknown"),
      entries.filter(({ state }) => state === "sent"),
    ];
    expect(unknown.length + sent.length).toBe(entries.length);
    for (const { reason } of unknown) expect(reason).toBe("whoever was sending it ended without saying how it went");
    const saidSent = said("sent", ...claimers).map((number) => `msg_${number}`);
    expect(sent.map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(saidSent));
    await ledger.close();
  },
  boundMs,
);
