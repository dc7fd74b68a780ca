/** `onsync events`: what the receiver keeps, shown and put back. */
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { readPage } from "../../../testing/metrics/page.ts";
import { onsync as command } from "../command.ts";
import { useFolder } from "../listen/receivers.ts";

const { folder, newFile } = useFolder();

describe("onsync events", () => {
  const filled = async () => {
    const data = newFile();
    const store = openSqliteStore({ file: data });
    for (const n of [1, 2]) await store.accept(toIncoming(messageEvent(`evt_${n}`, `key${n}`)));
    for (const taken of await store.take(2)) await store.bury(taken, "the sink answered 500");
    await store.accept(toIncoming(messageEvent("evt_3", "key3")));
    await store.close();
    return data;
  };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await command(["events", ...args]);
    return {
      code,
      stderr,
      lines: stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  };

  test("list shows the dead letters, one a line, or what is asked for", async () => {
    const data = await filled();
    const dead = await run("list", "--data", data);
    expect(dead.lines).toMatchObject([
      { id: "evt_1", key: "key1", error: "the sink answered 500", state: "dead" },
      { id: "evt_2", key: "key2" },
    ]);
    expect(dead.lines[0]).not.toHaveProperty("body");
    const waiting = await run("list", "--data", data, "--state", "waiting", "--full");
    expect(waiting.lines).toMatchObject([{ id: "evt_3", event: messageEvent("evt_3", "key3") }]);
    expect((await run("list", "--data", data, "--state", "all", "--after", "2")).lines.map(({ id }) => id)).toEqual([
      "evt_3",
    ]);
    expect((await run("list", "--data", data, "--state", "all", "--key", "key2")).lines.map(({ id }) => id)).toEqual([
      "evt_2",
    ]);
  });

  test("stats prints JSON, or the same figures under the names of /metrics", async () => {
    const data = await filled();
    const [stats] = (await run("stats", "--data", data)).lines;
    expect((await run("stats", "--data", data, "--json")).lines).toMatchObject([{ waiting: 1, dead: 2, accepted: 3 }]);
    const { stdout } = await command(["events", "stats", "--data", data, "--prometheus"]);
    const { series } = readPage(stdout);
    expect(Object.fromEntries(series)).toEqual({
      onsync_events_waiting: stats.waiting,
      onsync_events_dead: stats.dead,
      onsync_events_accepted_total: stats.accepted,
      onsync_events_oldest_waiting_seconds: expect.any(Number),
      onsync_keys_waiting: stats.keys,
      onsync_keys_retrying: stats.retrying,
    });
  });

  test("replay puts them back: some, or all dead ones", async () => {
    const data = await filled();
    expect(await run("replay", "--data", data, "evt_1")).toMatchObject({ code: 0, lines: [{ replayed: 1 }] });
    expect(await run("replay", "--data", data, "--dead")).toMatchObject({ code: 0, lines: [{ replayed: 1 }] });
    expect((await run("stats", "--data", data)).lines).toMatchObject([{ waiting: 3, dead: 0, accepted: 3 }]);
    const unknown = await run("replay", "--data", data, "evt_9");
    expect(unknown).toMatchObject({ code: 1, lines: [{ replayed: 0, unknown: ["evt_9"] }] });
    expect(unknown.stderr).toContain("evt_9: not kept here");
  });

  test("replay takes the events of an id of every org, or of one", async () => {
    const data = await filled();
    const store = openSqliteStore({ file: data });
    await store.accept(toIncoming({ ...messageEvent("evt_1", "key9"), orgId: "org_other" }));
    const taken = (await store.take(10)).find(({ org }) => org === "org_other");
    await store.bury(taken as NonNullable<typeof taken>, "no");
    await store.close();
    const all = await run("list", "--data", data);
    expect(all.lines.map(({ org, id }) => [org, id])).toContainEqual(["org_other", "evt_1"]);
    const none = await run("replay", "--data", data, "evt_1", "--org", "org_9");
    expect(none).toMatchObject({ code: 1, lines: [{ replayed: 0, unknown: ["evt_1"] }] });
    const one = await run("replay", "--data", data, "evt_1", "--org", "org_other");
    expect(one).toMatchObject({ code: 0, lines: [{ replayed: 1 }] });
    expect((await run("list", "--data", data)).lines.map(({ org, id }) => [org, id])).toEqual([
      ["org_123", "evt_1"],
      ["org_123", "evt_2"],
    ]);
    const beside = openSqliteStore({ file: data });
    for (const each of await beside.take(10)) await beside.bury(each, "no");
    await beside.close();
    expect(await run("replay", "--data", data, "evt_1")).toMatchObject({ code: 0, lines: [{ replayed: 2 }] });
    expect(await run("replay", "--data", data, "--dead", "--org", "org_123")).toMatchObject({ code: 2 });
  });

  test("says what is missing", async () => {
    expect(await run("replay", "--data", await filled())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--dead"),
    });
    const none = join(folder, "none.db");
    expect(await run("stats", "--data", none)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no event file"),
    });
  });
});
