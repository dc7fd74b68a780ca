/** Conversations: who gets them, what reopens them, the pages of their history and of their list. */
import { describe, expect, test } from "@jest/globals";
import { type Body, hour, minute, still } from "../caller.ts";
import { at, history, sara, template, text } from "./sends.ts";

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

  test("a conversation is assigned by name, by e-mail address, by id, or to somebody described", async () => {
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
        contactName: null,
        lastMessage: {
          id: expect.stringMatching(/^msg_/),
          direction: "outbound",
          type: "text",
          content: text.content,
          status: "queued",
          createdAt: at(hour),
        },
      },
    ]);
  });
});
