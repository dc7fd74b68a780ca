/** Messages, windows, routing and statuses, and the pages of history and conversations. */
import { describe, expect, test } from "@jest/globals";
import { type Body, day, hour, minute, start, still } from "./caller.ts";

const sara = "+971500000000";
const text = { platform: "whatsapp", to: sara, messageType: "text", content: "Hi" };
const template = {
  platform: "whatsapp",
  to: sara,
  messageType: "template",
  metadata: { template: { name: "order_follow_up", language: "en" } },
};
const history = `/v1/conversations/whatsapp:${sara}/messages`;
const at = (ms: number): string => new Date(start + ms).toISOString();

describe("the 24-hour window", () => {
  test("is open until the last millisecond, and not on the stroke", async () => {
    await using api = still();
    await api.inbound();
    await api.later(day - 1);
    const inside = await api.call("POST", "/v1/messaging/send", text);
    expect(inside.status).toBe(201);
    expect(inside.body).not.toHaveProperty("templateWindowStatus");
    const insideTemplate = await api.call("POST", "/v1/messaging/send", template);
    expect(insideTemplate.body).not.toHaveProperty("templateWindowStatus");

    await api.later(1);
    const outside = await api.call("POST", "/v1/messaging/send", text);
    expect(outside.status).toBe(400);
    expect(outside.body.error.message).toContain(`closed at ${at(day)}`);
    const closed = { open: false, lastInboundAt: at(0), expiredAt: at(day), requiresTemplate: true };
    expect(outside.body.templateWindowStatus).toEqual(closed);
    const outsideTemplate = await api.call("POST", "/v1/messaging/send", template);
    expect(outsideTemplate.status).toBe(201);
    expect(outsideTemplate.body.templateWindowStatus).toEqual(closed);
  });

  test("the customer's next message opens it again; the org's own do not", async () => {
    await using api = still();
    await api.inbound();
    await api.later(2 * day);
    await api.call("POST", "/v1/messaging/send", template);
    expect((await api.call("POST", "/v1/messaging/send", text)).status).toBe(400);
    await api.inbound();
    expect((await api.call("POST", "/v1/messaging/send", text)).status).toBe(201);
  });

  test.each(["instagram", "facebook", "telegram"] as const)("%s has none", async (platform) => {
    await using api = still();
    const { status, body } = await api.call("POST", "/v1/messaging/send", { ...text, platform, to: "customer 7" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ conversationId: `${platform}:customer 7`, to: "customer 7" });
    expect(body).not.toHaveProperty("templateWindowStatus");
  });
});

describe("sending", () => {
  test("a number is one conversation however it is typed, and its content is sent as written", async () => {
    await using api = still();
    await api.inbound();
    const content = "  two  spaces\n*bold* {{1}} 😀\u0000 ";
    const { body } = await api.call("POST", "/v1/messaging/send", { ...text, to: "+971 (50) 000-00.00", content });
    expect(body).toMatchObject({ conversationId: `whatsapp:${sara}`, to: sara, content });
    expect((await api.call("GET", history)).body.data[0].content).toBe(content);
  });

  test("metadata of the caller's own comes back in history, whatever is in it", async () => {
    await using api = still();
    await api.inbound();
    const metadata = { clientReference: "9f0c", nested: { list: [1, null, { deep: true }] }, template: "not one" };
    await api.call("POST", "/v1/messaging/send", { ...text, metadata });
    expect((await api.call("GET", history)).body.data[0].metadata).toEqual(metadata);
  });

  test("4096 characters are taken, counted as people count them", async () => {
    await using api = still();
    await api.inbound();
    expect((await api.call("POST", "/v1/messaging/send", { ...text, content: "😀".repeat(4096) })).status).toBe(201);
    expect((await api.call("POST", "/v1/messaging/send", { ...text, content: "😀".repeat(4097) })).status).toBe(400);
  });

  test("an unknown address makes the contact: by its phone on WhatsApp, remembered elsewhere", async () => {
    await using api = still();
    await api.call("POST", "/v1/messaging/send", template);
    await api.call("POST", "/v1/messaging/send", { ...text, platform: "instagram", to: "noor" });
    const [noor, phone] = (await api.call("GET", "/v1/contacts")).body.data;
    expect(phone).toMatchObject({ phone: sara, channel: "whatsapp", email: null, tags: [], properties: {} });
    expect(noor).toMatchObject({ phone: null, channel: "instagram", email: null, properties: {} });
    const { body } = await api.call("GET", `/v1/contacts/${noor.id}`);
    expect(body.activity.conversationIds).toEqual(["instagram:noor"]);
    // The next message goes to the same contact.
    await api.call("POST", "/v1/messaging/send", { ...text, platform: "instagram", to: "noor" });
    expect((await api.call("GET", "/v1/contacts")).body.data).toHaveLength(2);
  });

  test("a known phone is the contact of the conversation", async () => {
    await using api = still();
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: sara, firstName: "Sara" });
    await api.reference.control.inbound({ platform: "whatsapp", from: sara, content: "Hi", name: "Somebody Else" });
    const [conversation] = (await api.call("GET", "/v1/conversations")).body.data;
    expect(conversation.contactId).toBe(contact.id);
    expect((await api.call("GET", `/v1/contacts/${contact.id}`)).body).toMatchObject({
      firstName: "Sara",
      lastName: null,
    });
  });

  test("a new customer's name is kept", async () => {
    await using api = still();
    await api.reference.control.inbound({ platform: "telegram", from: "48", content: "Hi", name: " Ana María  Ruiz " });
    expect((await api.call("GET", "/v1/contacts")).body.data[0]).toMatchObject({
      firstName: "Ana",
      lastName: "María Ruiz",
    });
  });
});

describe("routing", () => {
  const addresses = ["+971500000001", "+971500000002", "+971500000003", "+971500000004"];

  test("new conversations go to the teammates in turn, inbound or outbound", async () => {
    await using api = still();
    for (const [index, to] of addresses.entries()) {
      if (index % 2 === 0) await api.inbound("Hi", to);
      else await api.call("POST", "/v1/messaging/send", { ...template, to });
    }
    const { data } = (await api.call("GET", "/v1/conversations")).body;
    const assignees = data.toReversed().map((conversation: Body) => conversation.assignee);
    expect(new Set(assignees.slice(0, 3).map((assignee: Body) => assignee.id)).size).toBe(3);
    expect(assignees[3]).toEqual(assignees[0]);
    expect(assignees[0]).toEqual({
      id: expect.stringMatching(/^user_/),
      name: expect.any(String),
      email: expect.stringContaining("@"),
    });
    for (const conversation of data) expect(conversation.status).toBe("assigned");
  });

  test("an inbound message reopens a resolved conversation, an outbound one does not", async () => {
    await using api = still();
    await api.inbound();
    const conversationId = `whatsapp:${sara}`;
    const only = async (): Promise<Body> => (await api.call("GET", "/v1/conversations")).body.data[0];
    const { assignee } = await only();
    await api.later(minute);
    await api.reference.control.resolve(conversationId);
    expect(await only()).toMatchObject({ status: "resolved", resolvedAt: at(minute), updatedAt: at(minute), assignee });
    await api.call("POST", "/v1/messaging/send", text);
    expect(await only()).toMatchObject({ status: "resolved", resolvedAt: at(minute) });
    await api.later(minute);
    await api.inbound("One more thing");
    const reopened = await only();
    expect(reopened).toMatchObject({ status: "assigned", assignee, lastInboundAt: at(2 * minute) });
    expect(reopened).not.toHaveProperty("resolvedAt");
  });

  test("assigning by name, by e-mail, by id, or to somebody described", async () => {
    await using api = still();
    await api.inbound();
    const id = `whatsapp:${sara}`;
    const { control } = api.reference;
    const layla = await control.assign(id, "layla haddad");
    expect(layla).toMatchObject({ status: "assigned", assignee: { name: "Layla Haddad", email: "layla@example.com" } });
    const omar = await control.assign(id, "omar@example.com");
    expect(omar.assignee?.name).toBe("Omar Nasser");
    expect((await control.assign(id, layla.assignee?.id ?? "")).assignee).toEqual(layla.assignee);
    expect((await control.assign(id, { id: "user_1", name: "Guest" })).assignee).toEqual({
      id: "user_1",
      name: "Guest",
      email: null,
    });
    expect((await control.assign(id, "Somebody New")).assignee).toMatchObject({ name: "Somebody New", email: null });
    await expect(control.assign(id, {})).rejects.toMatchObject({ code: "validation_failed" });
    await expect(control.assign("whatsapp:+10000000", "Omar Nasser")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("message status", () => {
  const sent = async (api: ReturnType<typeof still>): Promise<string> => {
    await api.inbound();
    return (await api.call("POST", "/v1/messaging/send", text)).body.id;
  };
  const statusOf = async (api: ReturnType<typeof still>): Promise<Body> =>
    (await api.call("GET", history)).body.data[0];

  test("goes queued, sent, delivered, read", async () => {
    await using api = still();
    const id = await sent(api);
    for (const status of ["sent", "delivered", "read"] as const) {
      expect(await api.reference.control.setMessageStatus(id, { status })).toMatchObject({ id, status });
      expect(await statusOf(api)).toMatchObject({ id, status });
      expect(await statusOf(api)).not.toHaveProperty("failureReason");
    }
  });

  test("fails with a reason", async () => {
    await using api = still();
    const id = await sent(api);
    await api.reference.control.setMessageStatus(id, {
      status: "failed",
      failureReason: "The number is not on WhatsApp.",
    });
    expect(await statusOf(api)).toMatchObject({ status: "failed", failureReason: "The number is not on WhatsApp." });
  });

  test.each([
    ["sent", "queued"],
    ["delivered", "sent"],
    ["read", "delivered"],
    ["read", "failed"],
    ["delivered", "failed"],
    ["failed", "sent"],
    ["failed", "queued"],
  ] as const)("%s never becomes %s", async (from, to) => {
    await using api = still();
    const id = await sent(api);
    await api.reference.control.setMessageStatus(id, { status: from });
    await expect(api.reference.control.setMessageStatus(id, { status: to })).rejects.toMatchObject({
      code: "validation_failed",
      status: 400,
      details: [{ path: ["status"] }],
    });
    expect((await statusOf(api)).status).toBe(from);
  });

  test("an inbound message has none, an unknown one is not found", async () => {
    await using api = still();
    const { id, status } = await api.inbound();
    expect(status).toBeUndefined();
    const { control } = api.reference;
    await expect(control.setMessageStatus(id, { status: "read" })).rejects.toMatchObject({ code: "validation_failed" });
    await expect(control.setMessageStatus("msg_1", { status: "read" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("a reason goes with failed only", async () => {
    await using api = still();
    const id = await sent(api);
    const wrong = api.reference.control.setMessageStatus(id, { status: "sent", failureReason: "?" });
    await expect(wrong).rejects.toMatchObject({ details: [{ path: ["failureReason"] }] });
  });
});

describe("history", () => {
  test("messages of the same moment are a millisecond apart; pages of every size miss nothing", async () => {
    await using api = still();
    const made: string[] = [];
    for (let count = 0; count < 9; count += 1) made.push((await api.inbound(`number ${count}`)).id);
    const all: Body[] = (await api.call("GET", history)).body.data;
    expect(all.map((message) => message.createdAt)).toEqual(made.map((_id, index) => at(made.length - 1 - index)));
    for (let limit = 1; limit <= 10; limit += 1) {
      const seen: string[] = [];
      let before = "";
      do {
        const { body } = await api.call("GET", `${history}?limit=${limit}${before}`);
        seen.push(...body.data.map((message: Body) => message.id));
        if (body.nextBefore !== null) expect(body.nextBefore).toBe(body.data.at(-1).createdAt);
        before = body.nextBefore === null ? "" : `&before=${body.nextBefore}`;
      } while (before !== "");
      expect(seen).toEqual(made.toReversed());
    }
  });

  test.each([
    ["exclusive", "2024-12-01T11:00:00.000Z", 0],
    ["to the millisecond", "2024-12-01T11:00:00.001Z", 1],
    ["finer than milliseconds", "2024-12-01T11:00:00.0001Z", 1],
    ["zeros finer than milliseconds", "2024-12-01T11:00:00.000000Z", 0],
    ["in another zone", "2024-12-01T15:00:01%2B04:00", 1],
    ["without seconds", "2024-12-01T11:01Z", 1],
  ])("before is %s", async (_what, before, found) => {
    await using api = still();
    await api.inbound();
    expect((await api.call("GET", `${history}?before=${before}`)).body.data).toHaveLength(found);
  });

  test.each([`whatsapp:${sara}`, "whatsapp%3A%2B971500000000", "whatsapp:+971%2050-000-0000"])(
    "the path takes %s",
    async (id) => {
      await using api = still();
      await api.inbound();
      const { status, body } = await api.call("GET", `/v1/conversations/${id}/messages`);
      expect(status).toBe(200);
      expect(body.data[0].conversationId).toBe(`whatsapp:${sara}`);
    },
  );

  test("addresses with signs of their own find their conversation", async () => {
    await using api = still();
    const to = "a/b c%2Fd:e";
    await api.call("POST", "/v1/messaging/send", { ...text, platform: "telegram", to });
    const { body } = await api.call("GET", `/v1/conversations/${encodeURIComponent(`telegram:${to}`)}/messages`);
    expect(body.data[0]).toMatchObject({ conversationId: `telegram:${to}`, to });
  });
});

describe("GET /conversations", () => {
  test("most recently active first, by status and platform, in pages", async () => {
    await using api = still();
    const { control } = api.reference;
    for (const [index, from] of ["a", "b", "c", "d", "e"].entries()) {
      await api.later(minute);
      await control.inbound({ platform: index % 2 === 0 ? "telegram" : "instagram", from, content: "Hi" });
    }
    await api.later(minute);
    await control.resolve("instagram:b");
    await api.later(minute);
    await control.inbound({ platform: "telegram", from: "a", content: "Hi again" });
    const ids = async (query: string): Promise<string[]> =>
      (await api.call("GET", `/v1/conversations?${query}`)).body.data.map((conversation: Body) => conversation.id);
    expect(await ids("")).toEqual(["telegram:a", "instagram:b", "telegram:e", "instagram:d", "telegram:c"]);
    expect(await ids("status=resolved")).toEqual(["instagram:b"]);
    expect(await ids("platform=instagram")).toEqual(["instagram:b", "instagram:d"]);
    expect(await ids("platform=instagram&status=assigned")).toEqual(["instagram:d"]);
    expect(await ids("status=open")).toEqual([]);

    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await api.call("GET", `/v1/conversations?limit=2${cursor}`);
      seen.push(...body.data.map((conversation: Body) => conversation.id));
      cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
    } while (cursor !== "");
    expect(seen).toEqual(await ids(""));
  });

  test("a conversation carries every field of the contract", async () => {
    await using api = still();
    await api.inbound();
    await api.later(hour);
    await api.call("POST", "/v1/messaging/send", text);
    const { data } = (await api.call("GET", "/v1/conversations")).body;
    expect(data).toEqual([
      {
        id: `whatsapp:${sara}`,
        platform: "whatsapp",
        contactId: expect.stringMatching(/^contact_/),
        status: "assigned",
        assignee: { id: expect.stringMatching(/^user_/), name: "Omar Nasser", email: "omar@example.com" },
        createdAt: at(0),
        updatedAt: at(hour),
        lastMessageAt: at(hour),
        lastInboundAt: at(0),
      },
    ]);
  });
});
