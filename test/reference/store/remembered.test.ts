/** What each request asks is remembered: never longer than it is true, whoever changes it, in this process or in another. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { openStore, type Store } from "../../../reference/store/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { still } from "../caller.ts";
import { createFolder } from "../folders.ts";

const orgId = "org_1";
const bucketOf = (level: number) => ({ level, at: 0 });

function fill(store: Store): void {
  store.orgs.insert({ id: orgId, name: "One", rateLimit: 10, bucket: bucketOf(10), createdAt: 0 });
  store.keys.save({ id: "key_1", orgId, prefix: "onsync", scopes: [], createdAt: 0, label: null }, "hash_1");
}

/** What the store says, in few words. */
function ask(store: Store) {
  const org = store.orgs.byId(orgId);
  return {
    key: store.keys.byHash("hash_1")?.revokedAt ?? null,
    ceiling: org?.rateLimit,
    left: org?.bucket.level,
    setting: store.settings.get("carrier"),
    triggers: store.triggers.byOrg(orgId).map(({ name }) => name),
    webhooks: store.webhooks.subscribers(orgId, "message.created"),
    next: store.deliveries.nextWork(),
  };
}

/** The same by SQL, on a connection of its own. */
function look(sql: DatabaseSync): ReturnType<typeof ask> {
  const read = (text: string) =>
    sql
      .prepare(text)
      .all()
      .map((row) => Object.values(row)[0]);
  return {
    key: read("SELECT revoked_at FROM keys")[0] as number | null,
    ceiling: read("SELECT rate_limit FROM orgs")[0] as number,
    left: read("SELECT bucket_level FROM orgs")[0] as number,
    setting: read("SELECT value FROM settings WHERE name = 'carrier'")[0] as string | undefined,
    triggers: read("SELECT name FROM triggers ORDER BY seq") as string[],
    webhooks: read("SELECT id FROM webhooks WHERE events LIKE '%message.created%' ORDER BY seq") as string[],
    next: read(
      `SELECT min(due_at) FROM (SELECT due_at FROM carriage UNION ALL SELECT d.due_at FROM deliveries d
       JOIN webhooks w ON w.id = d.webhook_id WHERE d.status = 'pending' AND w.status = 'active')`,
    )[0] as number | null,
  };
}

let deliveries = 0;

const changes: Record<string, (store: Store, value: number) => void> = {
  spend: (store, value) => {
    const org = store.orgs.byId(orgId);
    if (org) store.orgs.setBucket(org, bucketOf(value));
  },
  raise: (store, value) => store.orgs.setRateLimit(orgId, value),
  revoke: (store, value) => store.keys.revoke("key_1", value),
  admit: (store) => {
    store.keys.forget("hash_1");
    store.keys.save({ id: "key_1", orgId, prefix: "onsync", scopes: [], createdAt: 0, label: null }, "hash_1");
  },
  set: (store, value) => store.settings.set("carrier", String(value)),
  trigger: (store, value) => {
    if (store.triggers.byOrg(orgId).some(({ name }) => name === `${value}`)) return store.triggers.remove(`t${value}`);
    const when = { direction: "any" as const };
    const named = { id: `t${value}`, orgId, name: `${value}`, enabled: true };
    store.triggers.insert({ ...named, when, actions: {}, createdAt: 0, updatedAt: 0 });
  },
  webhook: (store, value) => {
    const known = store.webhooks.byId(`wh_${value}`);
    const events = [known?.events[0] === "message.created" ? "contact.created" : "message.created"] as const;
    const webhook = { id: `wh_${value}`, orgId, url: "https://example.com/", events: [...events], secret: "s" };
    if (known) store.webhooks.change(webhook);
    else store.webhooks.insert({ ...webhook, createdAt: 0 });
  },
  pause: (store, value) => store.webhooks.setStatus(`wh_${value}`, "paused"),
  goOn: (store, value) => store.webhooks.setStatus(`wh_${value}`, "active"),
  dropAll: (store, value) => {
    store.deliveries.dropPending(`wh_${value}`);
    store.webhooks.remove(`wh_${value}`);
  },
  deliver: (store, value) => {
    const [id, webhookId] = [`dlv_${deliveries++}`, `wh_${value}`];
    const eventId = `evt_${id}`;
    store.deliveries.insertEvent({ id: eventId, orgId, type: "message.created", body: "{}", createdAt: 0 });
    store.deliveries.insert({ id, eventId, webhookId, dueAt: 10 - value, createdAt: 0 });
  },
  attempt: (store, value) => {
    const next = store.deliveries.nextDue(`wh_${value}`, 100);
    if (next) store.deliveries.setState(next.seq, { status: "delivered", roundAttempts: 1, dueAt: 0 });
  },
  bring: (store, value) => store.deliveries.makeDueNow(`wh_${value}`, 20),
  carry: (store, value) => store.carriage.set(`msg_${value}`, 5 * value),
  arrive: (store, value) => store.carriage.remove(`msg_${value}`),
  letGo: (store) => store.carriage.clear(),
  clear: (store) => {
    const dump = store.dump();
    store.load({ ...dump, triggers: [], webhooks: [] });
  },
};

const step = fc.record({
  change: fc.constantFrom(...Object.keys(changes)),
  ...{ value: fc.nat({ max: 3 }), isUndone: fc.boolean(), isWhole: fc.boolean(), isBeside: fc.boolean() },
});

test("whatever two processes change and undo, each says at once what is in the file", () => {
  const folder = createFolder();
  let files = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const file = join(folder, `${files++}.db`);
      const stores = [openStore(file), openStore(file)] as const;
      const sql = new DatabaseSync(file, { readOnly: true });
      fill(stores[0]);
      for (const { change, value, isUndone, isWhole, isBeside } of steps) {
        const store = stores[isBeside ? 1 : 0];
        const work = (): void => changes[change]?.(store, value);
        const undo = (): void => {
          work();
          ask(store);
          throw new Error("undone");
        };
        if (isUndone) expect(() => store.transaction(undo)).toThrow("undone");
        else if (isWhole) store.transaction(work);
        else work();
        const expected = look(sql);
        for (const each of stores) {
          expect(ask(each)).toEqual(expected);
          expect(each.transaction(() => ask(each))).toEqual(expected);
        }
      }
      for (const each of [...stores, sql]) each.close();
    }),
    { numRuns: chooseRuns(60) },
  );
});

test("two processes on one file admit as many requests as the org may make, and none with a key that either revoked", async () => {
  const data = join(createFolder(), "reference.db");
  await using one = still({ data, rateLimit: 7, keys: ["onsync_pk_test_both000000"] });
  await using other = still({ data, keys: ["onsync_pk_test_both000000"] });
  const { key, id } = await one.reference.control.createKey();
  const statuses: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    for (const api of [one, other]) statuses.push((await api.call("GET", "/v1/me", undefined, { key })).status);
  }
  expect(statuses).toEqual([...Array(7).fill(200), ...Array(3).fill(429)]);
  await other.reference.control.revokeKey(id);
  expect((await one.call("GET", "/v1/me", undefined, { key })).status).toBe(401);
});
