/** What a copy that is older than what has happened since does when it is put in its place, as docs/deploy.md says. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { BehaviourInput } from "../../reference/index.ts";
import { createOnSync, type SendLedger } from "../../src/client/index.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { connectRedis } from "../../src/redis.ts";
import { createDurableLog } from "../../src/webhooks/log/durable-log.ts";
import { openRedisStore } from "../../src/webhooks/store/redis/redis-store.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { messageEvent, toIncoming } from "../../testing/events.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { skipped, startRedis } from "../../testing/redis-server.ts";
import { judgeCopy, startLoad, waitForMore } from "./load.ts";

const scratch = mkdtempSync(join(tmpdir(), "onsync-restore-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const page = readFileSync(join(import.meta.dirname, "../../docs/deploy.md"), "utf8");
const renameInFile = /`(UPDATE settings[^`]*)`/.exec(page)?.[1] ?? "";
const renameInRedis = (/`HSET ([^`]*)`/.exec(page)?.[1] ?? "").split(" ");

function copyFile(file: string, to: string): void {
  const sql = new DatabaseSync(file);
  sql.prepare("VACUUM INTO ?").run(to);
  sql.close();
}

async function handOnAll(store: EventStore): Promise<[string, number][]> {
  const handedOn: [string, number][] = [];
  for (let [claimed] = await store.take(1); claimed; [claimed] = await store.take(1)) {
    handedOn.push([claimed.id, claimed.sequence]);
    await store.done(claimed);
  }
  return handedOn;
}

const waitOptions = { limit: 10, timeoutMs: 0 };

test("a restored event file hands on again what was handed on since, by higher numbers, and lacks what came since", async () => {
  const [file, copy] = [join(scratch, "events.db"), join(scratch, "events.copy")];
  const store = openSqliteStore({ file });
  for (const id of ["evt_1", "evt_2"]) await store.accept(toIncoming(messageEvent(id, "a")));
  copyFile(file, copy);
  await store.accept(toIncoming(messageEvent("evt_3", "a")));
  const before = await handOnAll(store);
  const log = createDurableLog(store);
  const { cursor } = await log.wait({ ...waitOptions, cursor: `${(await store.end()).log}.0` });
  await store.close();

  copyFileSync(copy, file);
  const sql = new DatabaseSync(file);
  sql.exec(renameInFile);
  sql.close();
  const restored = openSqliteStore({ file });
  const after = await handOnAll(restored);
  expect(after.map(([id]) => id)).toEqual(["evt_1", "evt_2"]);
  expect(Math.min(...after.map(([, number]) => number))).toBeGreaterThan(
    Math.max(...before.map(([, number]) => number)),
  );
  // Two that nobody has read take the places of the one that is lost, and of the next.
  for (const id of ["evt_4", "evt_5"]) await restored.accept(toIncoming(messageEvent(id, "a")));
  const answer = await createDurableLog(restored).wait({ ...waitOptions, cursor });
  expect([answer.gap, answer.data.map(({ id }) => id)]).toEqual([true, ["evt_1", "evt_2", "evt_4", "evt_5"]]);
  expect(await restored.accept(toIncoming(messageEvent("evt_3", "a")))).toBe(true);
  await restored.close();
});

describe("a message that was sent after its ledger was copied, and is replayed under its reference", () => {
  const message = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Shipped" } as const;

  /** @returns the messages that the customer got, and what the replay said */
  async function replayWith(
    open: (copy: string) => SendLedger,
    behaviour: BehaviourInput = {},
  ): Promise<{ messages: number; outcome: string }> {
    const file = join(scratch, `${randomUUID()}.db`);
    const ledger = openSqliteLedger({ file });
    copyFile(file, `${file}.copy`);
    await using pair = await onsyncPair();
    const { reference } = pair;
    const send = async (shared: SendLedger): Promise<string> => {
      const transport = fetchTransport((request) => reference.fetch(request));
      const onsync = createOnSync({
        ...{ apiKey: reference.key, baseUrl: "http://127.0.0.1/v1", transport },
        ledger: shared,
      });
      const sending = onsync.messages.send(message, { clientReference: "order-1" });
      const outcome = await sending.then(
        ({ alreadySent }) => (alreadySent ? "it was sent already" : "sent"),
        ({ name }) => name,
      );
      await shared.close();
      return outcome;
    };
    await reference.control.behaviour(behaviour);
    await reference.control.inbound({ platform: "whatsapp", from: message.to, content: "Hi" });
    expect(await send(ledger)).toBe("sent");
    const outcome = await send(open(`${file}.copy`));
    const { data } = reference.snapshot();
    return { messages: data.messages.filter(({ direction }) => direction === "outbound").length, outcome };
  }
  const restored = (file: string) => openSqliteLedger({ file });

  test("is found in the history, and is not sent again", async () => {
    expect(await replayWith(restored)).toEqual({ messages: 1, outcome: "it was sent already" });
  });

  test("goes out twice where the history cannot tell: the restored ledger, which is believed, does not know it", async () => {
    expect(await replayWith(restored, { conversationIds: "opaque" })).toEqual({ messages: 2, outcome: "sent" });
  });
});

(skipped === null ? test : test.skip)(
  "events in Redis are copied while they are accepted, and a Redis that begins with the copy has them",
  async () => {
    const redis = await startRedis("--repl-diskless-sync-delay", "0");
    const store = await openRedisStore({ url: redis.url });
    const load = startLoad(async (number) => {
      await store.accept(toIncoming(messageEvent(`evt_${number}`, `key_${number % 7}`)));
      return `evt_${number}`;
    });
    await waitForMore(load, 40);
    const from = performance.now();
    const run = promisify(execFile);
    await run("redis-cli", ["-p", new URL(redis.url).port, "--rdb", join(scratch, "dump.rdb")]);
    const to = performance.now();
    await waitForMore(load, 8);
    await load.end();
    await store.close();
    await redis.close();

    const ignoring = await startRedis("--dir", scratch);
    const empty = await connectRedis(ignoring.url);
    expect(await empty.send("DBSIZE")).toBe(0);
    await empty.close();
    await ignoring.close();
    rmSync(join(scratch, "appendonlydir"), { recursive: true });

    const restored = await startRedis("--dir", scratch, "--appendonly", "no");
    const connection = await connectRedis(restored.url);
    await connection.send("CONFIG", "SET", "appendonly", "yes");
    await connection.send("HSET", ...renameInRedis);
    await connection.close();
    const copied = await openRedisStore({ url: restored.url });
    const events = await copied.list({ limit: 1_000_000 });
    const verdict = judgeCopy(load.done, new Set(events.map(({ id }) => id)), { from, to });
    expect(verdict).toMatchObject({ missing: [], early: [] });
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
    expect(await copied.end()).toEqual({ log: "restored-1", position: events.length });
    expect((await copied.stats()).waiting).toBe(events.length);
    await copied.close();
    // While it writes its first append-only file it does not end when it is asked to.
    await restored.restart("SIGKILL");
    await restored.close();
  },
);
