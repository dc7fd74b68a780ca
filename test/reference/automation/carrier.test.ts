/** The sandbox's carrier: messages that are sent go on by themselves, by the reference's clock, and never back. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { carryDue, setCarrier } from "../../../reference/automation/carrier.ts";
import { CarrierInput } from "../../../reference/automation/input.ts";
import { sendAndAutomate } from "../../../reference/automation/messages.ts";
import { createInstance } from "../../../reference/instance.ts";
import { setUp } from "../../../reference/setup.ts";
import { day } from "../caller.ts";
import { createFolder } from "../folders.ts";
import { automated, typesOf } from "./automated.ts";

const telegram = "telegram:482";

async function readStatus(api: Awaited<ReturnType<typeof automated>>): Promise<string> {
  return (await api.history(telegram))[0].status;
}

test("is off unless it is asked for: a message stays queued", async () => {
  await using api = await automated();
  await api.send("Hi", "482", "telegram");
  await api.later(day);
  expect(await readStatus(api)).toBe("queued");
  expect(await api.control.carrier()).toMatchObject({ mode: "off" });
});

test("delivers: sent, delivered and read, each at its time and with message.updated", async () => {
  await using api = await automated({ carrier: "delivers" });
  await api.control.clock({ freeze: true });
  expect((await api.send("Hi", "482", "telegram")).body.status).toBe("queued");
  await api.takeEvents();
  for (const [ms, status] of [
    [999, "queued"],
    [1, "sent"],
    [1999, "sent"],
    [1, "delivered"],
    [5000, "read"],
  ] as const) {
    await api.later(ms);
    expect(await readStatus(api)).toBe(status);
  }
  const events = await api.takeEvents();
  expect(events.map(({ type, data, createdAt }) => [type, data.status, createdAt])).toEqual([
    ["message.updated", "sent", "2024-12-01T11:00:01.000Z"],
    ["message.updated", "delivered", "2024-12-01T11:00:03.000Z"],
    ["message.updated", "read", "2024-12-01T11:00:08.000Z"],
  ]);
  await api.later(day);
  expect(await api.takeEvents()).toEqual([]);
});

test("fails: sent, then failed, with the reason", async () => {
  await using api = await automated({ carrier: "fails" });
  await api.send("Hi", "482", "telegram");
  await api.later(day);
  const updates = (await api.takeEvents()).filter(({ type }) => type === "message.updated");
  expect(updates.map(({ data }) => [data.status, data.failureReason])).toEqual([
    ["sent", undefined],
    ["failed", "The sandbox's carrier is set to fail."],
  ]);
});

test("goes on from where the control API has put a message, and never back", async () => {
  await using api = await automated({ carrier: "delivers" });
  const { body: one } = await api.send("One", "482", "telegram");
  await api.control.setMessageStatus(one.id, { status: "delivered" });
  const { body: other } = await api.send("Other", "483", "telegram");
  await api.control.setMessageStatus(other.id, { status: "failed" });
  await api.later(2000);
  expect(await readStatus(api)).toBe("delivered");
  await api.later(day);
  expect(await readStatus(api)).toBe("read");
  expect((await api.history("telegram:483"))[0].status).toBe("failed");
});

test("switched off it leaves what was on its way; switched on it takes what is sent from then on", async () => {
  await using api = await automated({ carrier: "delivers" });
  await api.send("Hi", "482", "telegram");
  await api.later(1000);
  await api.control.carrier({ mode: "off" });
  await api.control.carrier({ mode: "delivers", sentAfterMs: 0, deliveredAfterMs: 0, readAfterMs: 0 });
  await api.send("Hi again", "482", "telegram");
  await api.later(1);
  expect((await api.history(telegram)).map(({ status }) => status)).toEqual(["read", "sent"]);
});

test("switched off by another process just when a message is due, it leaves that one, too", () => {
  const instance = createInstance({});
  setUp(instance);
  const { context, defaultOrg } = instance;
  const { carriage, messages, close } = context.store;
  setCarrier(context, CarrierInput.parse({ mode: "delivers", sentAfterMs: 0 }));
  const to = { platform: "telegram", to: "482", messageType: "text", content: "Hi" } as const;
  const { message } = sendAndAutomate(context, defaultOrg(), to);
  const { nextDue } = carriage;
  carriage.nextDue = (now) => {
    const due = nextDue(now);
    setCarrier(context, CarrierInput.parse({ mode: "off", sentAfterMs: 0 }));
    carriage.nextDue = nextDue;
    return due;
  };
  carryDue(context);
  expect([messages.byId(message.id)?.status, carriage.earliestDue(0)]).toEqual(["queued", null]);
  close();
});

test("carries a trigger's reply, too", async () => {
  await using api = await automated({ carrier: "delivers" });
  await api.control.triggers.create({ name: "Reply", actions: { reply: { text: "We are on it." } } });
  await api.control.inbound({ platform: "telegram", from: "482", content: "Help" });
  await api.later(day);
  expect(await readStatus(api)).toBe("read");
});

test("goes on after a restart, as it was set", async () => {
  const data = join(createFolder(), "reference.db");
  {
    await using api = await automated({ data, carrier: "fails" });
    await api.control.carrier({ mode: "delivers" });
    await api.send("Hi", "482", "telegram");
    await api.later(1000);
  }
  await using api = await automated({ data, carrier: "fails" });
  await api.later(day);
  expect(await readStatus(api)).toBe("read");
  expect(typesOf(await api.takeEvents())).toContain("message.updated");
});

test("a snapshot takes along what is on its way, with the triggers and what they did", async () => {
  await using one = await automated({ carrier: "delivers" });
  await one.control.summaries.set({ enabled: true, everyMessages: 1 });
  await one.control.triggers.create({ name: "Reply", actions: { reply: { text: "We are on it." } } });
  await one.control.inbound({ platform: "telegram", from: "482", content: "Help" });
  const snapshot = JSON.parse(JSON.stringify(one.reference.snapshot()));
  await using other = await automated({ keys: [one.reference.key] });
  await other.reference.restore(snapshot);
  expect(other.reference.snapshot()).toEqual(snapshot);
  await other.later(day);
  expect(await readStatus(other)).toBe("read");
  expect(await other.control.triggers.runs()).toEqual(await one.control.triggers.runs());
  expect(await other.control.summaries.list()).toHaveLength(1);
});

test("two processes on one data file move each message once", async () => {
  const data = join(createFolder(), "reference.db");
  await using one = await automated({ data, carrier: "delivers" });
  await using other = await automated({ data });
  for (const to of ["482", "483", "484"]) await one.send("Hi", to, "telegram");
  await Promise.all([one.later(1000), other.later(1000)]);
  await Promise.all([other.later(day), one.later(day)]);
  const statuses = one.reference.snapshot().data.events.map(({ body }) => JSON.parse(String(body)).data.status);
  expect(statuses.filter((status) => status === "read")).toHaveLength(3);
  expect(statuses.filter((status) => status === "sent")).toHaveLength(3);
});

test("is set over HTTP, and the error names the time that is out of order", async () => {
  await using api = await automated();
  const refused = await api.call("PUT", "/_control/carrier", { mode: "delivers", readAfterMs: 10 });
  expect([refused.status, refused.body.error.details]).toEqual([
    400,
    [expect.objectContaining({ path: ["readAfterMs"], message: "must be at least deliveredAfterMs (3000)" })],
  ]);
  expect((await api.call("PUT", "/_control/carrier", { mode: "fails" })).status).toBe(200);
  expect((await api.call("GET", "/_control/carrier")).body).toMatchObject({ mode: "fails", sentAfterMs: 1000 });
});
