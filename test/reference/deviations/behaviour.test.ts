/** How the reference is told to deviate (docs/contract.md, "Deviations"): set, read, taken back, and kept. */
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { call, start, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";
import { behave, documented } from "./messages.ts";

describe("the control API", () => {
  test("reads the behaviour, sets all of it at once, and takes it back", async () => {
    await using api = still({ control: true });
    expect((await api.call("GET", "/_control/behaviour")).body).toMatchObject(documented);
    expect((await behave(api, { historyLagMs: 100, times: "micros" })).body).toMatchObject({
      ...documented,
      historyLagMs: 100,
      times: "micros",
    });
    expect((await behave(api, { maxPage: 50 })).body).toMatchObject({ ...documented, maxPage: 50 });
    expect((await api.call("DELETE", "/_control/behaviour")).body).toMatchObject(documented);
    await behave(api, { maxPage: 50 });
    await api.reference.control.reset();
    expect(await api.reference.control.behaviour()).toEqual(documented);
    expect(await api.reference.control.behaviour({ notFound: "framework" })).toEqual({
      ...documented,
      notFound: "framework",
    });
    expect(await api.reference.control.behaviour()).toMatchObject({ notFound: "framework" });
  });

  test.each<[object, string]>([
    [{ historyLagMs: -1 }, "historyLagMs"],
    [{ historyLagMs: "100" }, "historyLagMs"],
    [{ historyLagMs: 1.5 }, "historyLagMs"],
    [{ conversationIds: "numbers" }, "conversationIds"],
    [{ notFound: true }, "notFound"],
    [{ lateWorkMs: 1e9 }, "lateWorkMs"],
    [{ historyMetadata: "no" }, "historyMetadata"],
    [{ maxPage: 0 }, "maxPage"],
    [{ maxPage: null }, "maxPage"],
    [{ refuseLimitOver: 101 }, "refuseLimitOver"],
    [{ times: "local" }, "times"],
    [{ lag: 5 }, "lag"],
  ])("%j is refused by its name, and changes nothing", async (behaviour, field) => {
    await using api = still({ control: true });
    const { error } = expectError(await behave(api, behaviour), "validation_failed");
    expect(error.details[0].path).toEqual([field]);
    expect(error.message.startsWith(field)).toBe(true);
    expect(await api.reference.control.behaviour()).toEqual(documented);
  });

  test("no behaviour reaches the control API's own answers", async () => {
    await using api = still({ control: true });
    const { body } = await behave(api, { times: "zoneless", notFound: "framework" });
    expect(body.timestamp).toMatch(/Z$/);
    expectError(await api.call("POST", "/_control/webhooks/wh_1/pause"), "not_found");
  });
});

test("faults and behaviour survive a restart with the same data file, and travel in a snapshot", async () => {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = mkdtempSync(join(tmpdir(), "onsync-behaviour-"));
  try {
    const options = { data: join(folder, "data.db"), keys: ["onsync_pk_test_k"], clock: () => start };
    const one = createReference(options);
    await one.control.behaviour({ maxPage: 1, conversationIds: "opaque" });
    const fault = await one.control.faults.add({ status: 503, times: 2 });
    expect((await call(one, "GET", "/v1/contacts")).status).toBe(503);
    await one.close();

    const other = createReference(options);
    expect(await other.control.behaviour()).toEqual({ ...documented, maxPage: 1, conversationIds: "opaque" });
    expect(await other.control.faults.list()).toEqual([{ ...fault, hits: 1 }]);
    expect((await call(other, "GET", "/v1/contacts")).status).toBe(503);
    expect((await call(other, "GET", "/v1/contacts")).status).toBe(200);

    const fresh = createReference({ clock: () => start });
    await fresh.restore(other.snapshot());
    expect(await fresh.control.behaviour()).toMatchObject({ maxPage: 1 });
    await fresh.restore({ ...other.snapshot(), behaviour: undefined } as never);
    expect(await fresh.control.behaviour()).toEqual(documented);
    await fresh.close();
    await other.control.reset();
    await other.close();
    const third = createReference(options);
    expect([await third.control.behaviour(), await third.control.faults.list()]).toEqual([documented, []]);
    await third.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
