/** Lists that are filtered and sorted on this side, against an oracle that knows the whole inbox. */
import { expect, test } from "@jest/globals";
import { operations, runOperation } from "../../src/operations/index.ts";
import type { Pair } from "../../testing/onsync-pair.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";

const hour = 3_600_000;

type Page = { data: { id: string }[]; nextCursor: string | null };

/** Thirty WhatsApp customers who wrote an hour apart; every third was answered, every fifth resolved. */
async function openInbox(options = {}) {
  const pair = await onsyncPair(options);
  const { control } = pair.reference;
  await control.clock({ freeze: true });
  const customers = [];
  for (let index = 0; index < 30; index++) {
    const phone = `+9715000000${String(index).padStart(2, "0")}`;
    const { createdAt } = await control.inbound({
      platform: "whatsapp",
      from: phone,
      content: `Question ${index}`,
      name: `Sara ${index}`,
    });
    if (index % 3 === 0)
      await pair.onsync.messages.send({ platform: "whatsapp", to: phone, messageType: "text", content: "Answer" });
    else if (index % 5 === 0) await control.resolve(`whatsapp:${phone}`);
    customers.push({ id: `whatsapp:${phone}`, index, at: Date.parse(createdAt) });
    await control.clock({ advanceMs: hour });
  }
  const waiting = customers.filter(({ index }) => index % 3 !== 0 && index % 5 !== 0);
  return { ...pair, customers, waiting };
}

async function listAll(pair: Pair, input: object): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query: object = { ...input, ...(cursor && { cursor }) };
    const page: Page = await runOperation(operations.list_conversations, pair.onsync, query);
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

test.each([1, 7, 100])("who waits longest comes first, each once, in pages of %i", async (limit) => {
  await using inbox = await openInbox();
  const ids = await listAll(inbox, { unanswered: true, sort: "longest_waiting", limit });
  expect(ids).toEqual(inbox.waiting.map(({ id }) => id));
});

test("unanswered in the list's own order is the same, the other way round", async () => {
  await using inbox = await openInbox();
  expect((await listAll(inbox, { unanswered: true, limit: 4 })).sort()).toEqual(
    inbox.waiting.map(({ id }) => id).sort(),
  );
});

test("windowClosesWithin and its order go by the hours that are left on the server's clock", async () => {
  await using inbox = await openInbox();
  const now = (await inbox.reference.control.clock({})).now;
  const closing = inbox.customers.filter(({ at }) => {
    const left = at + 24 * hour - Date.parse(String(now));
    return left > 0 && left <= 5 * hour;
  });
  expect(closing.length).toBeGreaterThan(2);
  const ids = await listAll(inbox, { windowClosesWithin: 5, sort: "window_closing" });
  expect(ids).toEqual(closing.map(({ id }) => id));
});

test("assignee goes by name, e-mail or id in any case; none are those without one", async () => {
  await using inbox = await openInbox();
  const [first] = inbox.customers;
  await inbox.reference.control.assign(first?.id ?? "", {
    id: "user_9",
    name: "Zebra Quill",
    email: "zebra@example.com",
  });
  for (const assignee of ["zebra quill", "ZEBRA@example.com", "user_9"])
    expect(await listAll(inbox, { assignee })).toEqual([first?.id]);
  expect(await listAll(inbox, { assignee: "none" })).not.toContain(first?.id);
});

test("each is shown with its name and last message", async () => {
  await using inbox = await openInbox();
  const { data } = await runOperation(operations.list_conversations, inbox.onsync, { unanswered: true, limit: 1 });
  expect(data[0]).toMatchObject({
    contactName: "Sara 29",
    lastMessage: { direction: "inbound", content: "Question 29" },
  });
});

test("an API whose list tells neither is asked for both, for ten of those shown at most", async () => {
  await using inbox = await openInbox();
  let requests = 0;
  const { conversations, contacts, messages } = inbox.onsync;
  const onsync = {
    ...inbox.onsync,
    conversations: {
      ...conversations,
      list: async (query: object) => {
        const page = await conversations.list(query);
        return { ...page, data: page.data.map(({ contactName: _name, lastMessage: _last, ...rest }) => rest) };
      },
    },
    contacts: {
      ...contacts,
      get: (id: string) => {
        requests++;
        return contacts.get(id);
      },
    },
    messages: {
      ...messages,
      list: (id: string, query: object) => {
        requests++;
        return messages.list(id, query);
      },
    },
  } as typeof inbox.onsync;
  const { data } = await runOperation(operations.list_conversations, onsync, {});
  expect(data[0]).toMatchObject({ contactName: "Sara 29", lastMessage: { content: "Question 29" } });
  expect([data.length, requests]).toEqual([20, 20]);
});

test.each([3, 100])(
  "contacts of a tag, in any case, and made after a time: each once, in pages of %i",
  async (limit) => {
    await using pair = await onsyncPair();
    await pair.reference.control.clock({ freeze: true });
    const made: { id: string; index: number; createdAt: string }[] = [];
    for (let index = 0; index < 130; index++) {
      const tags = index % 10 === 0 ? ["Expo"] : index % 10 === 1 ? ["expo", "lead"] : ["exposition"];
      const { id, createdAt } = await pair.onsync.contacts.save({ email: `c${index}@example.com`, tags });
      made.push({ id, index, createdAt });
      await pair.reference.control.clock({ advanceMs: 1000 });
    }
    const findAll = async (input: object) => {
      const ids: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const query: object = { ...input, limit, ...(cursor && { cursor }) };
        const page: Page = await runOperation(operations.find_contacts, pair.onsync, query);
        expect(page.data.length).toBeLessThanOrEqual(limit);
        ids.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      return ids;
    };
    const tagged = made.filter(({ index }) => index % 10 < 2).map(({ id }) => id);
    expect(await findAll({ tag: "EXPO" })).toEqual(tagged.toReversed());
    const createdAfter = made[99]?.createdAt;
    expect(await findAll({ createdAfter })).toEqual(
      made
        .slice(100)
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(await findAll({ query: "" })).toEqual(made.map(({ id }) => id).toReversed());
  },
);
