/** What workers share, in Redis, in Postgres, and in the memory that other tests use: the same, from two connections. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { SharedImports } from "../../../src/data/queue/queue.ts";
import { openSharedImports } from "../../../src/data/queue/shared-imports.ts";
import { ClaimLost, filePieceBytes, type ImportStore } from "../../../src/data/queue/store.ts";
import { MemoryStore } from "../../../testing/imports/memory-store.ts";
import { type PostgresServer, skipped as postgresSkipped, startPostgres } from "../../../testing/postgres-server.ts";
import { type RedisServer, skipped as redisSkipped, startRedis } from "../../../testing/redis-server.ts";
// What is loaded on demand: the modules of jest on Node 22 cannot be linked beside each other.
import "bullmq";
import "pg";
import "pg-boss";
import "../../../src/data/queue/postgres/postgres-imports.ts";
import "../../../src/data/queue/redis/redis-imports.ts";

async function* pieces(...texts: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text as string);
}

async function list(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const each of bytes) found.push(each);
  return found;
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await list(bytes));
}

function describeStore(name: string, open: () => Promise<[one: ImportStore, other: ImportStore]>): void {
  describe(name, () => {
    let one: ImportStore;
    let other: ImportStore;
    let number = 0;
    let key: string;
    beforeAll(async () => {
      [one, other] = await open();
    }, 60_000);
    const next = () => {
      number += 1;
      key = `import ${number}`;
      return key;
    };

    test("a claim ends the one before it: nothing is noted by that any more", async () => {
      next();
      const first = await one.claim(key);
      await one.append(key, first.token, Buffer.from("a"));
      const second = await other.claim(key);
      expect(second.token).not.toBe(first.token);
      const late = [
        one.append(key, first.token, Buffer.from("b")),
        one.compact(key, first.token, Buffer.from("b")),
        one.writeState(key, "late", first.token),
        one.noteFruit(key, first.token),
      ];
      for (const { status, ...outcome } of await Promise.allSettled(late))
        expect({ status, ...outcome }).toMatchObject({ status: "rejected", reason: expect.any(ClaimLost) });
      await other.append(key, second.token, Buffer.from("c"));
      expect(String(await read(other.readJournal(key)))).toBe("ac");
      expect(await one.readState(key)).toBeNull();
    });

    test("claims count as fruitless until something comes of one", async () => {
      next();
      const counts: number[] = [];
      for (let tries = 0; tries < 3; tries++) counts.push((await one.claim(key)).fruitless);
      const { token, fruitless } = await other.claim(key);
      await other.noteFruit(key, token);
      counts.push(fruitless, (await one.claim(key)).fruitless, (await one.claim(key)).fruitless);
      expect(counts).toEqual([0, 1, 2, 3, 0, 1]);
    });

    test("the journal is read in the order in which it was written, every byte of it, and can be put together", async () => {
      next();
      const { token } = await one.claim(key);
      const all = Buffer.from(Array.from({ length: 1_300 }, (_, index) => index % 256));
      for (const byte of all) await one.append(key, token, Buffer.from([byte]));
      expect((await read(other.readJournal(key))).equals(all)).toBe(true);
      await one.compact(key, token, all);
      await one.append(key, token, Buffer.from("!"));
      expect(await list(other.readJournal(key))).toHaveLength(2);
      expect((await read(other.readJournal(key))).equals(Buffer.concat([all, Buffer.from("!")]))).toBe(true);
    }, 30_000);

    test("how it stands is read as it was written, by whoever asks and by whoever has the claim", async () => {
      next();
      await one.writeState(key, "asked", null);
      expect(await other.readState(key)).toBe("asked");
      const { token } = await other.claim(key);
      await other.writeState(key, 'running "é"', token);
      expect(await one.readState(key)).toBe('running "é"');
    });

    test("a file comes back byte for byte, replaces the one before it, and goes when it is not needed", async () => {
      next();
      const large = Buffer.alloc(2 * filePieceBytes + 7, "\u00e9x");
      await one.putFile(key, "contacts", pieces("before"));
      await one.putFile(key, "contacts", pieces("", large, "end"));
      await one.putFile(key, "refused", pieces());
      expect((await read(other.readFile(key, "contacts"))).equals(Buffer.concat([large, Buffer.from("end")]))).toBe(
        true,
      );
      expect((await read(other.readFile(key, "refused"))).length).toBe(0);
      await other.deleteFile(key, "contacts");
      expect((await read(one.readFile(key, "contacts"))).length).toBe(0);
    });

    test("a file that does not come to its end leaves the one that is there", async () => {
      next();
      await one.putFile(key, "contacts", pieces("whole"));
      const broken = (async function* () {
        yield Buffer.alloc(filePieceBytes);
        throw new Error("the disk is gone");
      })();
      await expect(one.putFile(key, "contacts", broken)).rejects.toThrow("the disk is gone");
      expect(String(await read(other.readFile(key, "contacts")))).toBe("whole");
    });
  });
}

describeStore("in memory", async () => {
  const store = new MemoryStore();
  return [store, store];
});

const open: SharedImports[] = [];
let redis: RedisServer | undefined;
let postgres: PostgresServer | undefined;

async function openTwo(url: string): Promise<[ImportStore, ImportStore]> {
  // At once: workers come to an empty one together.
  const [one, other] = await Promise.all([openSharedImports(url), openSharedImports(url)]);
  open.push(one, other);
  return [one.store, other.store];
}

afterAll(async () => {
  for (const { close } of open) await close();
  await redis?.close();
  await postgres?.close();
});

if (redisSkipped) test.skip(redisSkipped, () => {});
else
  describeStore("in Redis", async () => {
    redis = await startRedis();
    return openTwo(redis.url);
  });

if (postgresSkipped) test.skip(postgresSkipped, () => {});
else {
  describeStore("in Postgres", async () => {
    postgres = await startPostgres();
    return openTwo(await postgres.createDatabase("imports"));
  });

  test("in Postgres requests are counted for all that count there: no more than the limit in its window", async () => {
    const [one, other] = open.slice(-2).map(({ ledger }) => ledger);
    if (!one || !other) throw new Error("a Postgres counts");
    const limits = [{ limit: 5, windowMs: 60_000 }];
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? one : other).admit("requests acme", limits)),
    );
    expect(tries.filter(({ admitted }) => admitted)).toHaveLength(5);
    const [turnedAway] = tries.filter((each) => !each.admitted);
    expect(turnedAway).toMatchObject({ admitted: false, limit: 5, waitMs: expect.any(Number) });
    expect((turnedAway as { waitMs: number }).waitMs).toBeGreaterThan(50_000);
    const [admitted] = tries.filter((each) => each.admitted);
    await other.release("requests acme", (admitted as { ticket: string }).ticket);
    expect([
      (await one.admit("requests acme", limits)).admitted,
      (await one.admit("requests acme", limits)).admitted,
    ]).toEqual([true, false]);
    expect((await one.admit("requests globex", limits)).admitted).toBe(true);
    expect((await one.admit("requests acme", [{ limit: 5, windowMs: 1 }])).admitted).toBe(true);
  });

  test("in Postgres a note is there until it expires", async () => {
    const ledger = open.at(-1)?.ledger;
    await ledger?.setNote("limit", "500", { ttlMs: 60_000 });
    expect(await ledger?.note("limit")).toBe("500");
    await ledger?.setNote("limit", "600", { ttlMs: -1 });
    expect(await ledger?.note("limit")).toBeNull();
  });
}

describe("an address that is none, or leads nowhere, is refused without its password:", () => {
  test.each([
    ["mysql://me:s3cret@127.0.0.1/db", "write redis://HOST:PORT"],
    ["orgs.csv", "write redis://HOST:PORT"],
    ["redis://me:s3cret@127.0.0.1:1", "There is no Redis to work with at 127.0.0.1:1"],
    ["postgres://me:s3cret@127.0.0.1:1/db", "There is no Postgres to work with at 127.0.0.1:1"],
  ])("%s", async (url, message) => {
    const error: Error = await openSharedImports(url).then(
      () => new Error("it was opened"),
      (reason) => reason,
    );
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("s3cret");
  });
});
