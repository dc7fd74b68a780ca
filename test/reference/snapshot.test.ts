/** Snapshots: the whole state, taken and put back. */
import { describe, expect, test } from "@jest/globals";
import type { Snapshot } from "../../reference/index.ts";
import { day, start, still } from "./caller.ts";

describe("snapshot and restore", () => {
  test("a snapshot is plain JSON, and puts everything back, clock and faults included", async () => {
    await using api = still({ deliver: async () => ({ status: 500 }) });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000", firstName: "Sara" });
    await api.inbound();
    await api.reference.control.clock({ freeze: true, advanceMs: 1000 });
    await api.reference.control.faults.add({ status: 503, path: "/v1/none" });
    const snapshot = JSON.parse(JSON.stringify(api.reference.snapshot()));
    expect(JSON.stringify(snapshot)).not.toContain(api.reference.key);

    await api.call("PATCH", `/v1/contacts/${contact.id}`, { firstName: "Changed" });
    await api.later(day);
    await api.reference.control.faults.clear();
    await api.call("DELETE", `/v1/webhooks/${(await api.call("GET", "/v1/webhooks")).body.data[0].id}`);
    await api.reference.restore(snapshot);

    expect(api.reference.snapshot()).toEqual(snapshot);
    expect((await api.call("GET", `/v1/contacts/${contact.id}`)).body.firstName).toBe("Sara");
    expect((await api.call("GET", "/v1/contacts?query=sara")).body.data).toHaveLength(1);
    expect((await api.call("GET", "/v1/contacts?query=changed")).body.data).toEqual([]);
    expect(await api.reference.control.clock()).toEqual({ now: new Date(start + 1000).toISOString(), frozen: true });
    expect(await api.reference.control.faults.list()).toHaveLength(1);
    expect((await api.call("GET", "/v1/webhooks")).body.data[0].stats).toMatchObject({ pending: 1 });
  });

  test("another reference takes it, and its own key goes on working on the data of the snapshot", async () => {
    await using one = still();
    await one.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await using other = still();
    await other.reference.restore(one.reference.snapshot());
    for (const key of [other.reference.key, one.reference.key]) {
      expect((await other.call("GET", "/v1/contacts", undefined, { key })).body.data).toHaveLength(1);
    }
    expect(other.reference.orgId).toBe(one.reference.orgId);
  });

  test("what was under way belongs to the state that is gone", async () => {
    const answers: ((answer: { status: number }) => void)[] = [];
    await using api = still({ deliver: () => new Promise((resolve) => answers.push(resolve)) });
    const snapshot = api.reference.snapshot();
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.reference.restore(snapshot);
    for (const answer of answers) answer({ status: 200 });
    await api.reference.settled();
    expect(api.reference.snapshot()).toEqual(snapshot);
  });

  test("one of format 2, which knew no triggers, summaries or carrier, is taken, and has none", async () => {
    await using one = still();
    await one.inbound();
    const snapshot = one.reference.snapshot();
    const newTables = ["triggers", "trigger_runs", "summaries", "carriage"];
    const data = Object.fromEntries(Object.entries(snapshot.data).filter(([table]) => !newTables.includes(table)));
    await using other = still();
    await other.reference.control.triggers.create({ name: "T", actions: { addTags: ["x"] } });
    await other.reference.restore({ ...snapshot, version: 2, data } as Snapshot);
    expect(await other.reference.control.triggers.list()).toEqual([]);
    expect((await other.call("GET", "/v1/contacts")).body.data).toHaveLength(1);
  });

  test("a snapshot of another version is refused", async () => {
    await using api = still();
    const snapshot = { ...api.reference.snapshot(), version: 999 };
    await expect(api.reference.restore(snapshot)).rejects.toThrow(/format 999/);
  });
});
