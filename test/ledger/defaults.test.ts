/** The figures of the ledger's page. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createReference } from "../../reference/index.ts";
import { createMemoryLedger, createOnSync, fetchTransport, type SendLedger } from "../../src/client/index.ts";
import { openLedger, openSqliteLedger } from "../../src/ledger/index.ts";
import { rejection } from "../../testing/scripted.ts";
import { leaseMs, messageOf, sent } from "./messages.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-ledger-defaults-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("in memory 10,000 entries are kept, settled ones go first, and where all are open no more is claimed", async () => {
  const ledger = createMemoryLedger();
  const claim = (number: number) => ledger.claim(messageOf(`order-${number}`), { leaseMs });
  for (let number = 1; number <= 10_000; number++) await claim(number);
  await ledger.record(messageOf("order-5000"), sent);
  expect(await ledger.find(messageOf("order-5000"))).not.toBeNull();
  expect((await claim(10_001)).granted).toBe(true);
  expect(await ledger.find(messageOf("order-5000"))).toBeNull();
  expect(await ledger.find(messageOf("order-1"))).not.toBeNull();
  expect(((await rejection(claim(10_002))) as Error).message).toMatch(/full: 10000 sends are open/);
});

test("a send claims its reference for what is left of its deadline and 15 seconds: 45 by default; the ledger stays open", async () => {
  const reference = createReference({ keys: ["onsync_pk_test_lease"] });
  const inner = createMemoryLedger();
  const leases: number[] = [];
  let closed = false;
  const ledger: SendLedger = {
    ...inner,
    claim(message, options) {
      leases.push(options.leaseMs);
      return inner.claim(message, options);
    },
    async close() {
      closed = true;
    },
  };
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
    ledger,
  });
  const input = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
  await onsync.messages.send(input);
  await onsync.messages.send(input, { deadlineMs: 5_000 });
  const [standard = 0, short = 0] = leases;
  expect(standard).toBeGreaterThan(40_000);
  expect(standard).toBeLessThanOrEqual(45_000);
  expect(short).toBeGreaterThan(15_000);
  expect(short).toBeLessThanOrEqual(20_000);
  expect(closed).toBe(false);
  await reference.close();
});

test("a ledger file of an earlier format is brought forward", async () => {
  const file = join(folder, "earlier.db");
  await openSqliteLedger({ file }).close();
  const sql = new DatabaseSync(file);
  // As the format before the first: the mark of a ledger, and nothing in it.
  sql.exec("DROP TABLE sends; DROP TABLE notes; DROP TABLE admissions; PRAGMA user_version = 0");
  sql.close();
  const ledger = openSqliteLedger({ file });
  expect((await ledger.claim(messageOf("order-1"), { leaseMs })).granted).toBe(true);
  await ledger.close();
});

test("an error names --ledger where it is not told what named the place", async () => {
  expect(((await rejection(openLedger(" "))) as Error).message).toMatch(/^--ledger: /);
});
