/** The events of one account, of a receiver that may keep those of others. */
import { expect, test } from "@jest/globals";
import { createAccountEvents } from "../../../mcp/surface/account-events.ts";
import { type Account, sampleEvent } from "../../../src/api/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { connect, envelope, scripted } from "../session.ts";

function accountOf(id: string, scopes: string[]): Account {
  return { org: { id, name: id }, keyPrefix: "onsync_pk_live_1", scopes };
}

const readsAll = ["read:contacts", "read:messages"];
const fromTheStart = { cursor: "gone.0", limit: 5, timeoutMs: 0 };

function logOf(...orgs: (string | undefined)[]) {
  const log = createEventLog();
  orgs.forEach((orgId, index) => {
    const { orgId: _sample, ...event } = sampleEvent("message.created");
    log.append({ ...event, id: `evt_${index}`, ...(orgId && { orgId }) } as never);
  });
  return log;
}

test("pages that hold others' events alone are passed over, without waiting, until one of its own", async () => {
  const log = logOf(...Array.from({ length: 40 }, () => "org_2"), "org_1");
  const events = createAccountEvents(log, async () => accountOf("org_1", readsAll), { sharesReceiver: true });
  const lost = await events.wait(fromTheStart);
  expect(lost).toMatchObject({ data: [], gap: true });
  const { data, more } = await events.wait({ ...fromTheStart, cursor: lost.cursor });
  expect(data.map(({ id }) => id)).toEqual(["evt_40"]);
  expect(more).toBe(false);
});

test("others' events alone do not end a wait, and its own do", async () => {
  const log = createEventLog();
  const events = createAccountEvents(log, async () => accountOf("org_1", readsAll), { sharesReceiver: true });
  const waiting = events.wait({ limit: 5, timeoutMs: 20_000 });
  await Promise.resolve();
  for (const [id, orgId] of [
    ["evt_1", "org_2"],
    ["evt_2", "org_1"],
  ] as const) {
    log.append({ ...sampleEvent("contact.created"), id, orgId });
    await new Promise(setImmediate);
  }
  expect((await waiting).data.map(({ id }) => id)).toEqual(["evt_2"]);
});

test("an event that names no org is the operator's own key's, and nobody's on a receiver that is shared", async () => {
  const log = logOf(undefined, "org_2", "org_1");
  const read = async (sharesReceiver: boolean) => {
    const events = createAccountEvents(log, async () => accountOf("org_1", readsAll), { sharesReceiver });
    return (await events.wait(fromTheStart)).data.map(({ id }) => id);
  };
  expect(await read(false)).toEqual(["evt_0", "evt_2"]);
  expect(await read(true)).toEqual(["evt_2"]);
});

test("where OnSync does not tell whose the operator's own key is, it reads what its receiver keeps", async () => {
  const log = logOf("org_1", "org_2");
  const events = createAccountEvents(log, async () => null, { sharesReceiver: false });
  expect((await events.wait(fromTheStart)).data).toHaveLength(2);
  const shared = createAccountEvents(log, async () => null, { sharesReceiver: true });
  await expect(shared.wait(fromTheStart)).rejects.toThrow("may not read");
});

test("a wait that is ended ends though OnSync has not told the account yet", async () => {
  const events = createAccountEvents(createEventLog(), () => new Promise(() => {}), { sharesReceiver: false });
  const ending = new AbortController();
  const waiting = events.wait({ ...fromTheStart, signal: ending.signal });
  ending.abort(new Error("closing"));
  await expect(waiting).rejects.toThrow("closing");
});

test("over a session, too, a key that may read contacts reads no message, and no event of another org", async () => {
  const log = createEventLog();
  const check = async () => ({
    account: { ...accountOf("org_1", ["read:contacts"]), ...envelope },
    via: "me" as const,
  });
  await using session = await connect({ onsync: scripted({ account: { check } }), events: log });
  const { cursor } = (await session.call("wait_for_events", { timeoutSeconds: 0 })).data;
  log.append({ ...sampleEvent("message.created"), id: "evt_1", orgId: "org_1" });
  log.append({ ...sampleEvent("contact.created"), id: "evt_2", orgId: "org_2" });
  log.append({ ...sampleEvent("contact.created"), id: "evt_3", orgId: "org_1" });
  const { data } = await session.call("wait_for_events", { cursor, timeoutSeconds: 0 });
  expect(data.data.map(({ id }: { id: string }) => id)).toEqual(["evt_3"]);
  const asked = await session.call("wait_for_events", { cursor, types: ["message.created"], timeoutSeconds: 0 });
  expect(asked.error?.code).toBe("insufficient_scope");
});
