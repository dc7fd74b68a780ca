/** The client against the reference API: every call, with the extensions and without. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { DriftEvent } from "../../src/client/index.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";
import { rejection } from "../../testing/scripted.ts";
import { virtualPair } from "../../testing/virtual-pair.ts";

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;
const text = { platform: "whatsapp", to: phone, messageType: "text", content: "Hi" } as const;
const template = {
  name: "order_follow_up",
  language: "en",
  components: [{ type: "body", parameters: [{ type: "text", text: "Sara" }] }],
};
const envelope = { requestId: expect.stringMatching(/^req_/), timestamp: expect.stringMatching(/^2024-12-01T/) };

/** No answer of the reference may differ from the schemas. */
async function strictPair(options: Parameters<typeof virtualPair>[0] = {}) {
  const drifts: DriftEvent[] = [];
  const pair = await virtualPair(options, { onDrift: (event) => drifts.push(event) });
  return {
    ...pair,
    async [Symbol.asyncDispose]() {
      expect(drifts).toEqual([]);
      await pair.reference.close();
    },
  };
}

describe.each([true, false])("with extensions: %s", (extensions) => {
  test("contacts are saved, read and changed", async () => {
    await using pair = await strictPair({ extensions });
    const { contacts } = pair.onsync;
    const saved = await contacts.save({
      phone: "+971 50 000-0000",
      firstName: "Sara",
      properties: { externalId: "crm_1" },
    });
    expect(saved).toMatchObject({ phone, firstName: "Sara", created: true, ...envelope });
    expect(await contacts.save({ phone, tags: ["lead"] })).toMatchObject({
      id: saved.id,
      tags: ["lead"],
      created: false,
    });
    expect(await contacts.update(saved.id, { firstName: null, email: "sara@example.com" })).toMatchObject({
      id: saved.id,
      firstName: null,
      ...envelope,
    });
    expect(await contacts.get(saved.id)).toMatchObject({ email: "sara@example.com", activity: { messageCount: 0 } });

    const other = await contacts.save({ email: "omar@example.com" });
    expect(await rejection(contacts.save({ phone, email: "omar@example.com" }))).toMatchObject({
      name: "DuplicateError",
      contactIds: expect.arrayContaining([saved.id, other.id]),
    });
    expect(await rejection(contacts.update(other.id, { phone }))).toMatchObject({
      name: "DuplicateError",
      contactIds: [saved.id],
    });
    expect(await rejection(contacts.get("contact_none"))).toMatchObject({ name: "NotFoundError", fromApi: true });
  });

  test("messages are sent and read back", async () => {
    await using pair = await strictPair({ extensions });
    const { onsync, reference } = pair;
    expect(await rejection(onsync.messages.send(text))).toMatchObject({
      name: "WindowClosedError",
      outcome: "not_sent",
      window: { open: false, requiresTemplate: true },
    });
    const opening = await onsync.messages.send({
      platform: "whatsapp",
      to: phone,
      messageType: "template",
      metadata: { template },
    });
    expect(opening).toMatchObject({ conversationId, type: "template", templateWindowStatus: { open: false } });
    await reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hello" });
    const sent = await onsync.messages.send(text, { clientReference: "order-17" });
    expect(sent).toMatchObject({
      conversationId,
      content: "Hi",
      metadata: { clientReference: "order-17" },
      ...envelope,
    });
    expect((await onsync.messages.send(text, { clientReference: "order-17" })).id).toBe(sent.id);

    const page = await onsync.messages.list(conversationId, { limit: 2 });
    expect(page.data.map(({ content }) => content)).toEqual(["Hi", "Hello"]);
    expect(page.nextBefore).toBe(page.data[1]?.createdAt);
    const all: string[] = [];
    for await (const { id } of onsync.messages.iterate(conversationId, { pageSize: 1 })) all.push(id);
    expect(all).toEqual([sent.id, page.data[1]?.id, opening.id]);
    expect((await onsync.messages.list(conversationId)).nextBefore).toBeNull();
    expect(await rejection(onsync.messages.list("telegram:nobody"))).toMatchObject({ name: "NotFoundError" });
  });

  test("webhooks are registered, listed and removed", async () => {
    await using pair = await strictPair({ extensions });
    const { webhooks } = pair.onsync;
    const created = await webhooks.create({ url: "https://example.com/hook", events: ["message.created"] });
    expect(created).toMatchObject({ status: "active", secret: expect.any(String), ...envelope });
    const { data } = await webhooks.list();
    expect(data).toEqual([expect.objectContaining({ id: created.id, stats: expect.any(Object) })]);
    expect(await webhooks.delete(created.id)).toMatchObject({ id: created.id, deleted: true, ...envelope });
    expect(await rejection(webhooks.delete(created.id))).toMatchObject({ name: "NotFoundError" });
  });

  test("the key is proved by GET /me, or by GET /webhooks without it", async () => {
    await using pair = await strictPair({ extensions });
    const { account, via } = await pair.onsync.account.check();
    expect(via).toBe(extensions ? "me" : "webhooks");
    if (extensions) expect(account).toMatchObject({ scopes: expect.any(Array), ...envelope });
    else expect(account).toBeNull();
    expect(pair.onsync.rateLimit).toMatchObject({ limit: 1000, remaining: extensions ? 999 : 998 });
  });

  test("a call that needs an extension is an ExtensionUnavailableError where there is none", async () => {
    await using pair = await strictPair({ extensions });
    const { onsync } = pair;
    const saved = await onsync.contacts.save({ phone });
    const lists = [
      onsync.contacts.list({ phone }),
      onsync.conversations.list({ platform: "whatsapp" }),
      onsync.templates.list({ platform: "whatsapp" }),
      onsync.account.get(),
    ];
    const outcomes = await Promise.all(lists.map((list) => list.catch((error: unknown) => error)));
    if (extensions) {
      expect(outcomes).toEqual([
        expect.objectContaining({ data: [expect.objectContaining({ id: saved.id })], nextCursor: null }),
        expect.objectContaining({ data: [], nextCursor: null }),
        expect.objectContaining({ data: expect.any(Array) }),
        expect.objectContaining({ org: expect.any(Object) }),
      ]);
    } else {
      const extension = (name: string) =>
        expect.objectContaining({ name: "ExtensionUnavailableError", extension: name });
      expect(outcomes).toEqual(["GET /contacts", "GET /conversations", "GET /templates", "GET /me"].map(extension));
    }
  });
});

test("a key that lacks a scope is told which one", async () => {
  await using pair = await strictPair({ scopes: ["read:contacts"] });
  const { onsync } = pair;
  expect(await rejection(onsync.messages.send(text))).toMatchObject({
    name: "PermissionError",
    scope: "write:messages",
    outcome: "not_sent",
  });
  expect(await rejection(onsync.messages.send(text, { clientReference: "order-17" }))).toMatchObject({
    scope: "read:messages",
    outcome: "not_sent",
  });
  expect(await rejection(onsync.webhooks.list())).toMatchObject({ scope: "read:webhooks" });
});

test("a spent budget is waited for, and the wait the reference names is enough", async () => {
  await using pair = await strictPair({ rateLimit: 60 });
  const { onsync, clock } = pair;
  const { id } = await onsync.contacts.save({ phone });
  for (let count = 1; count < 60; count++) await onsync.contacts.get(id);
  expect(onsync.rateLimit?.remaining).toBe(0);
  expect(await rejection(onsync.contacts.get(id))).toMatchObject({
    name: "RateLimitError",
    retryAfterMs: 60_000,
    limit: 60,
  });
  const startedAt = clock.now();
  expect(await onsync.contacts.get(id, { deadlineMs: 120_000 })).toMatchObject({ id });
  expect(clock.now() - startedAt).toBe(60_000);
});

test("lists are walked to their end", async () => {
  await using pair = await strictPair();
  const { onsync } = pair;
  for (let index = 0; index < 5; index++) await onsync.contacts.save({ email: `person${index}@example.com` });
  const emails: unknown[] = [];
  for await (const { email } of onsync.contacts.iterate({ limit: 2 })) emails.push(email);
  expect(emails.sort()).toEqual([0, 1, 2, 3, 4].map((index) => `person${index}@example.com`));
});

test("property: every message of the reference once, at any page size, with customers writing meanwhile", async () => {
  await using pair = await strictPair({ rateLimit: 1_000_000 });
  const { onsync, reference } = pair;
  let conversations = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 25 }),
      fc.array(fc.nat({ max: 3 }), { maxLength: 20 }),
      async (count, pageSize, arrivals) => {
        const from = `customer${conversations++}`;
        const write = async (messages: number) => {
          for (let index = 0; index < messages; index++)
            await reference.control.inbound({ platform: "telegram", from, content: String(index) });
        };
        await write(count);
        const atStart = (await onsync.messages.list(`telegram:${from}`)).data.map(({ id }) => id);
        const seen: string[] = [];
        for await (const { id } of onsync.messages.iterate(`telegram:${from}`, { pageSize })) {
          seen.push(id);
          await write(arrivals[seen.length] ?? 0);
        }
        expect(seen).toEqual(atStart);
      },
    ),
    { numRuns: chooseRuns(200) },
  );
});
