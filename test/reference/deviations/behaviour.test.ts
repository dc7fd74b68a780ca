/** How the reference is told to deviate (docs/contract.md, "Deviations"): set, read, taken back, and kept. */
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { call, start, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";
import { createFolder } from "../folders.ts";
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

describe("faults and behaviour", () => {
  const behaviour = { maxPage: 1, conversationIds: "opaque" } as const;
  const stopped = { clock: () => start };

  test("survive a restart with the same data file, a fault's hits included", async () => {
    const options = { ...stopped, data: join(createFolder(), "data.db"), keys: ["onsync_pk_test_k"] };
    const one = createReference(options);
    await one.control.behaviour(behaviour);
    const fault = await one.control.faults.add({ status: 503, times: 2 });
    expect((await call(one, "GET", "/v1/contacts")).status).toBe(503);
    await one.close();

    const other = createReference(options);
    expect(await other.control.behaviour()).toEqual({ ...documented, ...behaviour });
    expect(await other.control.faults.list()).toEqual([{ ...fault, hits: 1 }]);
    expect((await call(other, "GET", "/v1/contacts")).status).toBe(503);
    expect((await call(other, "GET", "/v1/contacts")).status).toBe(200);
    await other.close();
  });

  test("travel in a snapshot; one of before there were behaviours has none", async () => {
    const one = createReference(stopped);
    await one.control.behaviour(behaviour);
    const fresh = createReference(stopped);
    await fresh.restore(one.snapshot());
    expect(await fresh.control.behaviour()).toMatchObject({ maxPage: 1 });
    await fresh.restore({ ...one.snapshot(), behaviour: undefined } as never);
    expect(await fresh.control.behaviour()).toEqual(documented);
    await fresh.close();
    await one.close();
  });

  test("are gone after a reset, and stay so in the data file", async () => {
    const options = { ...stopped, data: join(createFolder(), "data.db"), keys: ["onsync_pk_test_k"] };
    const one = createReference(options);
    await one.control.behaviour(behaviour);
    await one.control.faults.add({ status: 503, times: 2 });
    await one.control.reset();
    await one.close();
    const other = createReference(options);
    expect([await other.control.behaviour(), await other.control.faults.list()]).toEqual([documented, []]);
    await other.close();
  });
});
