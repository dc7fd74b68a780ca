/** The stand-in for AI Agent summaries: when it writes one, what it says, and how it arrives. */
import { expect, test } from "@jest/globals";
import { automated, sara, typesOf } from "./automated.ts";

test("none are written unless they are switched on", async () => {
  await using api = await automated();
  for (const content of ["a", "b", "c", "d"]) await api.inbound(content);
  expect(await api.control.summaries.list()).toEqual([]);
  expect(await api.control.summaries.settings()).toEqual({ enabled: false, everyMessages: 3 });
});

test("one is written after so many messages of either side, and arrives with contact.updated", async () => {
  await using api = await automated();
  await api.control.summaries.set({ enabled: true, everyMessages: 2 });
  await api.inbound("Hi, can you\n confirm my order?");
  expect(typesOf(await api.takeEvents())).not.toContain("contact.updated");
  await api.send("Yes: it is on its way.");
  const events = await api.takeEvents();
  expect(typesOf(events)).toEqual(["message.created", "contact.updated"]);
  const text =
    "2 messages since 2024-12-01. The customer's last: “Hi, can you confirm my order?”. Our last: “Yes: it is on its way.”. Answered. With Omar Nasser.";
  expect(events[1].data.properties).toEqual({ conversationSummary: text });
  await api.inbound("Thanks");
  expect(await api.takeEvents()).toHaveLength(1);
  expect(await api.control.summaries.list()).toEqual([
    { conversationId: `whatsapp:${sara}`, text, messageCount: 2, createdAt: "2024-12-01T11:00:00.000Z" },
  ]);
});

test("one is written when a conversation is resolved, once", async () => {
  await using api = await automated();
  await api.control.summaries.set({ enabled: true, everyMessages: 100 });
  await api.inbound("Hi");
  await api.takeEvents();
  for (let time = 0; time < 2; time++) await api.control.resolve(`whatsapp:${sara}`);
  expect(typesOf(await api.takeEvents())).toEqual(["conversation.resolved", "contact.updated"]);
  expect((await api.control.summaries.list())[0]?.text).toMatch(/Resolved\.$/);
});

test("says the same of the same conversation, and cuts long words short between characters", async () => {
  const texts = await Promise.all(
    [1, 2].map(async () => {
      await using api = await automated();
      await api.control.summaries.set({ enabled: true, everyMessages: 1 });
      await api.inbound("🎉".repeat(500));
      return (await api.control.summaries.list())[0]?.text;
    }),
  );
  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]).toContain(`“${"🎉".repeat(119)}…”`);
});

test("counts what triggers reply, and goes with the contact", async () => {
  await using api = await automated();
  await api.control.summaries.set({ enabled: true, everyMessages: 2 });
  await api.control.triggers.create({ name: "Reply", actions: { reply: { text: "We are on it." } } });
  await api.inbound("Help");
  expect((await api.control.summaries.list())[0]?.text).toContain("Our last: “We are on it.”");
  const [{ id }] = (await api.call("GET", "/v1/contacts")).body.data;
  expect((await api.call("DELETE", `/_console/contacts/${id}`)).status).toBe(200);
  expect(await api.control.summaries.list()).toEqual([]);
  expect(await api.control.triggers.runs()).toEqual([]);
});

test("is set over HTTP for one org, and the error names the field", async () => {
  await using api = await automated();
  const refused = await api.call("PUT", "/_control/summaries", { enabled: true, everyMessages: 0 });
  expect(refused.body.error.details).toMatchObject([{ path: ["everyMessages"] }]);
  const { id: orgId } = await api.control.createOrg({ name: "Other" });
  expect((await api.call("PUT", "/_control/summaries", { enabled: true, orgId })).status).toBe(200);
  expect((await api.call("GET", `/_control/summaries?orgId=${orgId}`)).body).toMatchObject({ enabled: true, data: [] });
  expect((await api.call("GET", "/_control/summaries")).body).toMatchObject({
    enabled: false,
    everyMessages: 3,
    data: [],
  });
});
