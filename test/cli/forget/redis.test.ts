/** `onsync forget` on Redis: the receiver's events, the send ledger, and the files that Redis writes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openLedger } from "../../../src/ledger/index.ts";
import { connectRedis } from "../../../src/redis.ts";
import { openRedisStore } from "../../../src/webhooks/store/redis/redis-store.ts";
import { createWorld, omar, readFileEvents, sara } from "../../../testing/forget/two-people.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { type RedisServer, skipped, startRedis } from "../../../testing/redis-server.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/forget/index.ts";
import "../../../src/ledger/forget.ts";
import "../../../src/ledger/redis/forget.ts";
import { onsync } from "../command.ts";

let server: RedisServer;
beforeAll(async () => {
  if (skipped === null) server = await startRedis();
  else process.stderr.write(`test/cli/forget/redis.test.ts ${skipped}\n`);
});
afterAll(() => server?.close());

(skipped === null ? describe : describe.skip)("on Redis", () => {
  test("nothing of the person is in the database, nor in what it has written, and others' is", async () => {
    using folder = temporaryFolder();
    await using world = await createWorld(folder.path);
    const { url } = server;
    const store = await openRedisStore({ url });
    for (const event of await readFileEvents(world.events))
      await store.accept({ event: JSON.parse(event), body: event });
    const ledger = await openLedger(url);
    for (const someone of [sara, omar]) {
      const message = {
        scope: world.url,
        reference: `welcome-${someone.words.length}${someone.phone.length}`,
        fingerprint: "f",
        platform: "whatsapp",
        to: someone.phone,
        messageType: "text",
      };
      const { entry } = await ledger.claim(message, { leaseMs: 1000 });
      await ledger.record(
        entry,
        { state: "sent", messageId: "msg_1", conversationId: `whatsapp:${someone.phone}`, sentAt: null },
        entry.claimId,
      );
      await ledger.setNote(
        `proposal ${someone.firstName.length}`,
        JSON.stringify({ to: someone.phone, text: someone.words[2] }),
        { ttlMs: 60_000, list: "proposals" },
      );
    }
    const redis = await connectRedis(url);
    const [, directory] = (await redis.send("CONFIG", "GET", "dir")) as string[];
    const readFiles = () =>
      readdirSync(directory as string, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"))
        .join("\n");
    expect(readFiles()).toContain(sara.words[0]);

    const env = { ONSYNC_BASE_URL: world.url, ONSYNC_API_KEY: world.reference.key };
    const { code, stdout, stderr } = await onsync(
      ["forget", world.ids.sara, "--events", url, "--ledger", url, "--yes", "--json"],
      { env },
    );
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "").places).toEqual([
      { place: expect.stringContaining("redis://"), found: { events: 6 }, stays: {} },
      { place: expect.stringContaining("redis://"), found: { sends: 1, notes: 1 }, stays: {} },
    ]);
    const written = readFiles();
    for (const trace of [sara.firstName, sara.lastName, `${sara.phone}"`, sara.email, ...sara.words])
      expect([trace, written.includes(trace)]).toEqual([trace, false]);
    expect((await store.read({ after: 0, limit: 100 })).events).toHaveLength(6);
    const kept = await ledger.list({ limit: 10 });
    expect(kept.map(({ to }) => to).sort()).toEqual(["", omar.phone]);
    await redis.close();
    await ledger.close();
    await store.close();
  });
});
