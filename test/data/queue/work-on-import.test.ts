/** A worker's turn at an import that it shares with others: gone on with, taken over, given up. */
import { expect, test } from "@jest/globals";
import { createMemoryLedger, type OnSync } from "../../../src/client/index.ts";
import { FairSlots } from "../../../src/data/budget/fair-slots.ts";
import { contactsFile, type ImportState, refusedFile } from "../../../src/data/queue/import-state.ts";
import {
  ImportImpossible,
  maxFruitless,
  type TurnOptions,
  workOnImport,
} from "../../../src/data/queue/work-on-import.ts";
import { contactsOf, pairOf } from "../../../testing/imports/against-reference.ts";
import { numberedContacts } from "../../../testing/imports/import-file.ts";
import { MemoryStore } from "../../../testing/imports/memory-store.ts";

const ticket = { key: "import", ticket: "ticket 1" };

async function storeOf(lines: readonly string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const job = {
    ...{ org: "acme", baseUrl: "http://127.0.0.1/v1", file: "contacts.csv", hash: "", changes: {}, country: null },
    ...({ tags: "keep", onDuplicate: "skip", share: 1 } as const),
  };
  const state: ImportState = {
    ...{ job, ticket: ticket.ticket, phase: "queued", updatedAt: 0, progress: null, attempts: [] },
    ...{ result: null, failure: null, collected: false },
  };
  await store.writeState(ticket.key, JSON.stringify(state), null);
  await store.putFile(ticket.key, contactsFile, bytesOf(lines));
  return store;
}

async function* bytesOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${lines.join("\n")}\n`);
}

function stateOf(store: MemoryStore): ImportState {
  return JSON.parse(store.kept.get(ticket.key)?.state ?? "null");
}

function turn(store: MemoryStore, onsync: OnSync, more: Partial<TurnOptions> = {}): TurnOptions {
  return {
    ...{ store, ledger: createMemoryLedger(), slots: new FairSlots(8, 1).of(0), worker: "worker" },
    connect: async () => ({ onsync, close: async () => {} }),
    signal: new AbortController().signal,
    ...more,
  };
}

/** Its requests, as they leave; told of each. */
function watched(onsync: OnSync, onRequest: (count: number) => unknown): OnSync {
  let count = 0;
  const save: OnSync["contacts"]["save"] = async (...given) => {
    count += 1;
    await onRequest(count);
    return onsync.contacts.save(...given);
  };
  return {
    ...onsync,
    contacts: { ...onsync.contacts, save },
    get rateLimit() {
      return onsync.rateLimit;
    },
  };
}

test("it is done in one turn, and says what came of it; what was refused is kept, and the contacts are not", async () => {
  await using pair = await pairOf();
  const store = await storeOf(["Name,Phone", "Sara,+971500000000", "Ali,12"]);
  const ended: ImportState[] = [];
  expect(await workOnImport(turn(store, pair.onsync, { onEnd: (state) => ended.push(state) }), ticket)).toBe(true);
  expect(ended).toEqual([stateOf(store)]);
  expect(stateOf(store)).toMatchObject({ phase: "done", result: { rows: 2, created: 1, refused: 1, complete: true } });
  const { files } = store.kept.get(ticket.key) ?? {};
  expect([...(files?.keys() ?? [])]).toEqual([refusedFile]);
  expect(String(files?.get(refusedFile))).toContain('"Ali","12","3","phone"');
  expect(await contactsOf(pair.reference)).toHaveLength(1);
});

test("a turn that is over is gone on with by another worker, which sends nothing again that was answered", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(60));
  const stopping = new AbortController();
  let sent = 0;
  const counted = watched(pair.onsync, () => {
    sent += 1;
    if (sent === 20) stopping.abort(new Error("the turn is over"));
  });
  expect(await workOnImport(turn(store, counted, { signal: stopping.signal }), ticket)).toBe(false);
  expect(sent).toBeLessThan(30);
  expect(stateOf(store).phase).toBe("running");
  expect(await workOnImport(turn(store, counted), ticket)).toBe(true);
  expect(sent).toBe(60);
  expect(stateOf(store).result).toMatchObject({ created: 60, requests: 60, lost: 0 });
});

test("a worker that is taken over stops with what is under way, and notes nothing any more", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(60));
  let sent = 0;
  const overtaken = watched(pair.onsync, async () => {
    sent += 1;
    if (sent === 20) await store.claim(ticket.key);
  });
  expect(await workOnImport(turn(store, overtaken), ticket)).toBe(false);
  expect(sent).toBeLessThanOrEqual(23);
  const before = sent;
  expect(await workOnImport(turn(store, overtaken), ticket)).toBe(true);
  // Those that were under way then are sent again, and no others.
  expect(before + 60 - sent).toBeGreaterThanOrEqual(20 - 4);
  expect(await contactsOf(pair.reference)).toHaveLength(60);
  expect(stateOf(store).result).toMatchObject({ rows: 60, refused: 0, complete: true });
});

test("a row is in the store before its request leaves", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(10));
  const entries: number[] = [];
  const asked = watched(pair.onsync, () => entries.push(store.kept.get(ticket.key)?.journal.length ?? 0));
  await workOnImport(turn(store, asked), ticket);
  expect(entries).toHaveLength(10);
  // Two were written before the first row: what the file's columns are, and that an import begins.
  expect(entries.every((count) => count > 1)).toBe(true);
});

test("a key that OnSync refuses ends it at once, for all workers, and says so", async () => {
  await using pair = await pairOf({}, { apiKey: "onsync_pk_test_of_nobody" });
  const store = await storeOf(numberedContacts(10));
  expect(await workOnImport(turn(store, pair.onsync), ticket)).toBe(true);
  expect(stateOf(store)).toMatchObject({ phase: "failed", failure: expect.stringContaining("key is unknown") });
  expect(JSON.stringify(stateOf(store))).not.toContain("of_nobody");
  expect(pair.requests.length).toBeLessThanOrEqual(4);
});

test("an error that may be this worker's alone is told of, and another tries; after ten in a row it is given up, with what they said", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(3));
  const without = turn(store, pair.onsync, {
    connect: async () => {
      throw new Error("the orgs' file of this worker has no acme");
    },
  });
  for (let tries = 0; tries < maxFruitless; tries++)
    await expect(workOnImport(without, ticket)).rejects.toThrow("has no acme");
  expect(stateOf(store)).toMatchObject({ phase: "queued" });
  expect(await workOnImport(without, ticket)).toBe(true);
  expect(stateOf(store)).toMatchObject({
    phase: "failed",
    failure: expect.stringMatching(
      /10 workers tried in a row, and came to nothing: .*worker: the orgs' file .* has no acme/,
    ),
  });
});

test("workers that die one after the other do not count against it while something comes of each", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(120));
  for (let life = 0; life < maxFruitless + 2; life++) {
    const dying = watched(pair.onsync, (count) => (count === 8 ? store.claim(ticket.key) : null));
    expect(await workOnImport(turn(store, dying), ticket)).toBe(false);
  }
  expect(stateOf(store)).toMatchObject({ phase: "running", attempts: [] });
});

test("what cannot be done by anybody fails at once, and is not tried again", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(3));
  const impossible = turn(store, pair.onsync, {
    connect: async () => {
      throw new ImportImpossible("it cannot be done");
    },
  });
  expect(await workOnImport(impossible, ticket)).toBe(true);
  expect(stateOf(store)).toMatchObject({ phase: "failed", failure: "it cannot be done" });
  expect(store.kept.get(ticket.key)?.files.size).toBe(0);
});

test("a ticket that another one has replaced, or of an import that is done, is over", async () => {
  await using pair = await pairOf();
  const store = await storeOf(numberedContacts(3));
  expect(await workOnImport(turn(store, pair.onsync), { key: ticket.key, ticket: "an older one" })).toBe(true);
  expect(pair.requests).toEqual([]);
  await workOnImport(turn(store, pair.onsync), ticket);
  expect(await workOnImport(turn(store, pair.onsync), ticket)).toBe(true);
  expect(pair.requests).toHaveLength(3);
  expect(await workOnImport(turn(store, pair.onsync), { key: "another", ticket: "" })).toBe(true);
});
