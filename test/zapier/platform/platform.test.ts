/** The simulated Zapier does to an app what Zapier does. */
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { readContacts } from "../../../testing/zapier/judge.ts";
import type { Platform } from "../../../testing/zapier/platform.ts";
import type { World } from "../../../testing/zapier/world.ts";
import { createOpenWorld, openSmallApps, send } from "./apps.ts";

// Processes start, which takes seconds on a machine that is busy.
jest.setTimeout(30_000);

let platform: Platform;
let world: World;
beforeAll(async () => {
  platform = await openSmallApps({ speed: 10, spare: 2 });
});
afterAll(() => platform.close());
beforeEach(async () => {
  world = await createOpenWorld(platform);
});

const made = () => world.tap.requests.map(({ status }) => status);

describe("a simulated Zapier", () => {
  test("runs a step through the handler and has its result", async () => {
    const outcome = await send(platform, world, { app: "honest" });
    expect(outcome).toMatchObject({ kind: "success", output: { id: world.tap.requests[0]?.messageId } });
  });

  test("tells a throttled run from a halted one and from an error", async () => {
    expect(await send(platform, world, { app: "throttling" })).toMatchObject({
      kind: "throttled",
      message: "Not now.",
      delaySeconds: 90,
    });
    await send(platform, world, { app: "claiming", reference: "a" });
    expect(await send(platform, world, { app: "claiming", reference: "a" })).toMatchObject({ kind: "halted" });
    const refused = { api: () => ({ kind: "own", status: 500, work: "never" }) as const };
    expect(await send(platform, world, { app: "honest", trouble: refused })).toMatchObject({ kind: "error" });
  });

  test("kills a run before its request is worked on, and after", async () => {
    const kill = (when: "before" | "after") => ({ kill: { at: "request", count: 1, when } as const });
    expect(await send(platform, world, { app: "honest", trouble: kill("before") })).toMatchObject({ kind: "killed" });
    expect(await send(platform, world, { app: "honest", trouble: kill("after") })).toMatchObject({ kind: "killed" });
    expect(made()).toEqual([null, 201]);
  });

  test("kills a run at a call of the cache: what it asked for is done, or not", async () => {
    const kill = (when: "before" | "after") => ({ kill: { at: "cache", count: 2, when } as const });
    await send(platform, world, { app: "claiming", reference: "a", trouble: kill("before") });
    expect(world.cache.keys()).toEqual([]);
    await send(platform, world, { app: "claiming", reference: "a", trouble: kill("after") });
    expect(world.cache.keys()).toEqual(["sent a"]);
    expect(made()).toEqual([]);
  });

  test("kills a run that is not over by the end of its time", async () => {
    const hanging = { cache: () => ({ kind: "hang" }) as const };
    const started = Date.now();
    expect(await send(platform, world, { app: "claiming", trouble: hanging })).toMatchObject({ kind: "killed" });
    expect(Date.now() - started).toBeGreaterThan(2900);
  });

  test("calls a cache that fails three times, as the platform core does", async () => {
    let calls = 0;
    const failing = {
      cache: () => {
        calls += 1;
        return { kind: "fail" } as const;
      },
    };
    expect(await send(platform, world, { app: "claiming", trouble: failing })).toMatchObject({ kind: "error" });
    expect(calls).toBe(3);
  });

  test.each([
    ["keeps two runs of one lock apart", true, ["success", "success"]],
    ["runs two at once where the lock is off", false, ["success", "error"]],
  ])("%s", async (_, locks, expected) => {
    const trouble = { api: () => ({ kind: "slow", ms: 10_000 }) as const };
    const run = () => send(platform, world, { app: "locked", trouble, locks });
    const first = run();
    while (made().length === 0) await setTimeout(10);
    const outcomes = await Promise.all([first, run()]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(expected);
  });

  test("keeps what a run logs, and the requests that it made", async () => {
    await send(platform, world, { app: "talkative" });
    expect(world.logs.map(({ data }) => data.log_type)).toEqual(["console", "http"]);
  });

  test("says which other hosts a run asked for, and lets it reach none", async () => {
    expect(await send(platform, world, { app: "calling_home" })).toMatchObject({ hosts: ["elsewhere.example"] });
  });

  test("answers for OnSync in another way where a test says so", async () => {
    const trouble = { api: () => ({ kind: "other answer", status: 200, body: { id: "msg_of_nobody" } }) as const };
    expect(await send(platform, world, { app: "honest", trouble })).toMatchObject({ output: { id: "msg_of_nobody" } });
    expect(made()).toEqual([null]);
  });

  test("moves the time on for OnSync and for the app", async () => {
    await world.jump(25 * 3_600_000);
    expect(await send(platform, world, { app: "honest" })).toMatchObject({ kind: "error" });
    expect(made()).toEqual([400]);
    expect(readContacts(world)).toHaveLength(1);
  });
});
