/** Contact Updated knows what changed, and does not run on what the app's own steps wrote. */
import { describe, expect, test } from "@jest/globals";
import type { ZObject } from "zapier-platform-core";
import { sampleEvent } from "../../src/api/index.ts";
import { findChangedFields } from "../../zapier/contacts/changed-fields.ts";
import type { Delivered, Row } from "../zapier/harness.ts";
import { changeContact, hook, perform, phone, startForEachTest, subscribe, zap } from "./driver.ts";

startForEachTest();

const type = "contact.updated";
type Subscription = Awaited<ReturnType<typeof subscribe>>;

/** A person's change, and the delivery of it. */
async function change(contactId: unknown, fields: Row): Promise<Delivered> {
  await changeContact(contactId, fields);
  return takeDelivery();
}

async function takeDelivery(): Promise<Delivered> {
  await zap.reference.settled();
  const delivery = hook.deliveries.shift() as Delivered;
  expect(delivery).toBeDefined();
  return delivery;
}

async function start(): Promise<{ id: unknown; subscription: Subscription }> {
  const { id } = await zap.create("save_contact", { phone, firstName: "Sara", tags: ["lead"] });
  return { id, subscription: await subscribe(type) };
}

describe("what changed", () => {
  test("is told from the second update on; of the first, that it is not known", async () => {
    const { id, subscription } = await start();
    const first = await perform(type, await change(id, { lastName: "Hussein" }), subscription);
    expect(first).toMatchObject([{ changedFields: [], changesKnown: false }]);
    const second = await perform(
      type,
      await change(id, { tags: ["lead", "vip"], properties: { source: "Expo", plan: 2 } }),
      subscription,
    );
    expect(second).toMatchObject([
      { changedFields: ["tags", "properties.plan", "properties.source"], changesKnown: true },
    ]);
    const third = await perform(type, await change(id, { lastName: null, properties: { plan: null } }), subscription);
    expect(third).toMatchObject([{ changedFields: ["lastName", "properties.plan"], changesKnown: true }]);
  });

  test("is what the filter goes by", async () => {
    const { id, subscription } = await start();
    const filter = { changed: ["phone", "properties.source"] };
    const runs = async (fields: Row) => (await perform(type, await change(id, fields), subscription, filter)).length;
    // Nothing is known of the contact yet: rather an update too many than one too few.
    expect(await runs({ lastName: "Hussein" })).toBe(1);
    expect(await runs({ lastName: "Hussain" })).toBe(0);
    expect(await runs({ properties: { source: "Expo" } })).toBe(1);
    expect(await runs({ tags: ["vip"] })).toBe(0);
    expect(await runs({ phone: "+971511111111" })).toBe(1);
  });

  test("is the same when the event is delivered again, as after a run that broke off", async () => {
    const { id, subscription } = await start();
    await perform(type, await change(id, { lastName: "Hussein" }), subscription);
    const delivery = await change(id, { phone: "+971511111111" });
    expect(await perform(type, delivery, subscription, { changed: ["email"] })).toEqual([]);
    expect(await perform(type, delivery, subscription, { changed: ["phone"] })).toMatchObject([
      { changedFields: ["phone"] },
    ]);
  });

  test("is not known of an update that comes after a later one", async () => {
    const { id, subscription } = await start();
    await perform(type, await change(id, { lastName: "Hussein" }), subscription);
    const early = await change(id, { lastName: "Hussain" });
    const late = await change(id, { phone: "+971511111111" });
    await perform(type, late, subscription);
    expect(await perform(type, early, subscription)).toMatchObject([{ changesKnown: false }]);
    expect(await perform(type, await change(id, { tags: [] }), subscription)).toMatchObject([
      { changedFields: ["tags"] },
    ]);
  });

  test("is remembered without a name, phone or email that could be read", async () => {
    const { id, subscription } = await start();
    await perform(type, await change(id, { lastName: "Hussein", email: "sara@example.com" }), subscription);
    const kept = JSON.stringify(zap.cache);
    expect(kept).toContain(String(id));
    for (const personal of ["Sara", "Hussein", "971500000000", "sara@example.com"])
      expect(kept).not.toContain(personal);
  });

  test("is known within seven days of the update before", async () => {
    const seconds: number[] = [];
    const set = async (_key: string, _value: unknown, ttl: number) => seconds.push(ttl);
    const z = { cache: { get: async () => null, set } } as unknown as ZObject;
    await findChangedFields(sampleEvent(type), { id: "wh_1", secret: "whsec_test" }, z);
    expect(seconds).toEqual([7 * 24 * 60 * 60]);
  });

  test("is not known where Zapier's cache is out of reach, and the Zap runs", async () => {
    const { id, subscription } = await start();
    await perform(type, await change(id, { lastName: "Hussein" }), subscription);
    zap.cacheOutOfReach = true;
    const delivery = await change(id, { lastName: "Hussain" });
    expect(await perform(type, delivery, subscription, { changed: ["phone"] })).toMatchObject([
      { changesKnown: false },
    ]);
  });
});

/** The steps of a Zap that writes to the contact which triggered it, each round something new. */
const steps: [string, (row: Row, round: number) => Promise<Row>][] = [
  ["update_contact", (row, round) => zap.create("update_contact", { contactId: row.id, lastName: `No. ${round}` })],
  ["save_contact", (row, round) => zap.create("save_contact", { phone: row.phone, lastName: `No. ${round}` })],
  ["add_tags", (row, round) => zap.create("add_tags", { contactId: row.id, tags: [`round ${round}`] })],
  [
    "remove_tags",
    async (row) => {
      const [tag] = row.tags as string[];
      return zap.create("remove_tags", { contactId: row.id, tags: [tag] });
    },
  ],
];

/** Runs the Zap as long as its own step triggers it, and gives the number of its runs. */
async function countRuns(step: (row: Row, round: number) => Promise<Row>, inputData: Row): Promise<number> {
  const { id, subscription } = await start();
  let delivery: Delivered | undefined = await change(id, { tags: Array.from({ length: 30 }, (_, n) => `tag ${n}`) });
  for (let round = 1; round <= 20; round++) {
    const [row] = await perform(type, delivery as Delivered, subscription, inputData);
    if (row === undefined) return round - 1;
    await step(row, round);
    delivery = await takeDelivery();
  }
  return 20;
}

describe("a Zap that updates the contact it was triggered by", () => {
  test.each(steps)("with %s runs once, and is not triggered by itself", async (_key, step) => {
    expect(await countRuns(step, {})).toBe(1);
  });

  test.each(["no", "false", false])("runs for ever where it is told not to ignore its own updates: %j", async (no) => {
    const [, step] = steps[0] as (typeof steps)[number];
    expect(await countRuns(step, { ignoreOwn: no })).toBe(20);
  });

  test("is triggered by the next update of a person, and by one that goes back to what the Zap wrote", async () => {
    const { id, subscription } = await start();
    await zap.create("update_contact", { contactId: id, lastName: "Hussein" });
    const own = await takeDelivery();
    expect(await perform(type, own, subscription)).toEqual([]);
    expect(await perform(type, own, subscription)).toEqual([]);
    expect(await perform(type, await change(id, { lastName: "Hussain" }), subscription)).toHaveLength(1);
    expect(await perform(type, await change(id, { lastName: "Hussein" }), subscription)).toHaveLength(1);
  });

  test("does not ignore a person's update to what a step before it wrote without changing anything", async () => {
    const { id, subscription } = await start();
    await zap.reference.control.clock({ freeze: true });
    await zap.create("update_contact", { contactId: id, firstName: "Sara" });
    await zap.reference.control.clock({ advanceMs: 60_000 });
    await perform(type, await change(id, { firstName: "Sarah" }), subscription);
    expect(await perform(type, await change(id, { firstName: "Sara" }), subscription)).toHaveLength(1);
  });

  test("does not trigger another Zap that ignores such updates either", async () => {
    const { id, subscription } = await start();
    const other = await subscribe(type, {}, `${hook.url}other/`);
    await zap.create("update_contact", { contactId: id, lastName: "Hussein" });
    const [one, two] = [await takeDelivery(), await takeDelivery()];
    const results = await Promise.all(
      [subscription, other].flatMap((each) => [one, two].map((delivery) => perform(type, delivery, each))),
    );
    expect(results.flat()).toEqual([]);
  });
});
