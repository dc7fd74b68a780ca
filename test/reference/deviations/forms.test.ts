/** The forms in which ids, errors and times may be written (docs/contract.md, "Deviations"), in every answer and event. */
import { describe, expect, test } from "@jest/globals";
import { type Body, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";
import { behave, contents, historyPath, send } from "./messages.ts";

describe("conversationIds", () => {
  test.each([
    ["digits", /^whatsapp:971500000000$/],
    ["opaque", /^conv_[0-9A-Z]+$/],
  ] as const)("%s: everything that names a conversation does it so, and finds it so alone", async (form, pattern) => {
    const delivered: Body[] = [];
    await using api = still({
      control: true,
      deliver: async ({ body }) => {
        delivered.push(JSON.parse(body));
        return { status: 200 };
      },
    });
    await behave(api, { conversationIds: form });
    await api.call("POST", "/v1/webhooks", {
      url: "https://example.com/hooks",
      events: ["message.created", "message.updated", "conversation.assigned", "conversation.resolved"],
    });
    const inbound = await api.inbound();
    const { body: sent } = await send(api);
    const id = sent.conversationId as string;
    expect(id).toMatch(pattern);
    expect(inbound.conversationId).toBe(id);
    await api.reference.control.setMessageStatus(sent.id, { status: "sent" });
    // Who stands around OnSync may use either form.
    expect((await api.reference.control.assign(id, "Omar Nasser")).id).toBe(id);
    expect((await api.reference.control.resolve("whatsapp:+971500000000")).id).toBe(id);

    const history = await api.call("GET", `/v1/conversations/${encodeURIComponent(id)}/messages`);
    expect(history.body.data.map((message: Body) => message.conversationId)).toEqual([id, id]);
    expectError(await api.call("GET", historyPath), "not_found");
    expect((await api.call("GET", "/v1/conversations")).body.data.map((each: Body) => each.id)).toEqual([id]);
    const { body: contacts } = await api.call("GET", "/v1/contacts");
    const { body: contact } = await api.call("GET", `/v1/contacts/${contacts.data[0].id}`);
    expect(contact.activity.conversationIds).toEqual([id]);
    await api.reference.settled();
    expect(delivered.length).toBeGreaterThanOrEqual(5);
    for (const { data } of delivered) expect(data.conversationId ?? data.id).toBe(id);

    await behave(api, {});
    expect((await api.call("GET", historyPath)).body.data).toHaveLength(2);
    expectError(await api.call("GET", `/v1/conversations/${encodeURIComponent(id)}/messages`), "not_found");
  });

  test("an opaque id of another org is not found", async () => {
    await using api = still();
    await api.reference.control.behaviour({ conversationIds: "opaque" });
    const { conversationId } = await api.inbound();
    const { id: orgId } = await api.reference.control.createOrg({ name: "Other" });
    const { key } = await api.reference.control.createKey({ orgId });
    const path = `/v1/conversations/${conversationId}/messages`;
    expect((await api.call("GET", path)).status).toBe(200);
    expectError(await api.call("GET", path, undefined, { key }), "not_found");
  });
});

describe("notFound", () => {
  test.each([
    ["GET", historyPath, undefined],
    ["GET", "/v1/contacts/contact_1", undefined],
    ["PATCH", "/v1/contacts/contact_1", { tags: [] }],
    ["DELETE", "/v1/webhooks/wh_1", undefined],
  ])("framework: %s %s is a framework's 404", async (method, path, body) => {
    await using api = still();
    await api.reference.control.behaviour({ notFound: "framework" });
    const answer = await api.call(method, path, body);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      statusCode: 404,
      error: "Not Found",
      message: expect.stringMatching(/^There is no/),
    });
    expectError(await api.call("GET", "/v1/nothing"), "unknown_endpoint");
  });
});

describe("times", () => {
  const times = async (form: "zoneless" | "micros") => {
    const delivered: Body[] = [];
    const api = still({
      deliver: async ({ body }) => {
        delivered.push(JSON.parse(body));
        return { status: 200 };
      },
    });
    await api.reference.control.behaviour({ times: form });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com/hooks", events: ["message.created"] });
    for (const content of ["One", "Two", "Three"]) {
      await api.inbound(content);
      await api.later(1);
    }
    await api.reference.settled();
    return { api, delivered };
  };

  test.each([
    ["zoneless", /^2024-12-01T11:00:\d\d\.\d{3}$/],
    ["micros", /^2024-12-01T11:00:\d\d\.\d{6}Z$/],
  ] as const)("%s: in every body of the API and every event", async (form, pattern) => {
    const { api, delivered } = await times(form);
    await using _ = api;
    const metadata = { createdAt: "2024-12-01T11:00:00.000Z" };
    const { body: sent } = await send(api, { metadata });
    // What the caller stored is the caller's.
    expect(sent.metadata).toEqual(metadata);
    const { body: list } = await api.call("GET", "/v1/conversations");
    const { body: account } = await api.call("GET", "/v1/me");
    const { body: history } = await api.call("GET", `${historyPath}?limit=2`);
    for (const time of [
      ...[
        sent.createdAt,
        sent.timestamp,
        list.data[0].updatedAt,
        list.data[0].lastInboundAt,
        account.rateLimit.resetAt,
      ],
      ...[history.nextBefore, history.data[1].createdAt, delivered[0].createdAt, delivered[0].data.createdAt],
    ]) {
      expect(time).toMatch(pattern);
    }
    if (form === "micros") expect(sent.createdAt).not.toMatch(/000Z$/);
  });

  test.each(["zoneless", "micros"] as const)(
    "%s: paging by nextBefore misses nothing and repeats nothing",
    async (form) => {
      const { api } = await times(form);
      await using _ = api;
      const seen: string[] = [];
      for (let before = ""; ; ) {
        const { body } = await api.call("GET", `${historyPath}?limit=1${before}`);
        seen.push(...contents({ body }));
        if (body.nextBefore === null) break;
        before = `&before=${encodeURIComponent(body.nextBefore)}`;
      }
      expect(seen).toEqual(["Three", "Two", "One"]);
    },
  );
});
