/** A history that is read page by page: what an answer has no room for is not asked of OnSync again. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Message } from "../../../src/api/index.ts";
import { samples } from "../../../src/api/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { connect, envelope, scripted, unfence } from "../session.ts";

const conversationId = "whatsapp:+971500000000";
const start = Date.parse("2024-12-01T11:00:00.000Z");

/** A history, newest first, as the API gives it: `before` is exclusive, `nextBefore` the last one's time. */
function serve(messages: readonly Message[], onList: (query: { limit: number; before?: string }) => void = () => {}) {
  return scripted({
    messages: {
      list: async (_id, query = {}) => {
        const { limit = 50, before } = query;
        onList({ limit, ...(before !== undefined && { before }) });
        const older = messages.filter(({ createdAt }) => before === undefined || createdAt < before);
        const data = older.slice(0, limit);
        return { data, nextBefore: older.length > limit ? (data.at(-1)?.createdAt ?? null) : null, ...envelope };
      },
      send: async () => ({ ...samples.sentMessage, ...envelope }),
    },
  });
}

function write(count: number, text: (index: number) => string, status?: string): Message[] {
  return Array.from({ length: count }, (_, index) => ({
    ...samples.inboundMessage,
    id: `msg_${index}`,
    content: text(index),
    createdAt: new Date(start - index * 1000).toISOString(),
    ...(status && { status: status as never }),
  }));
}

async function openReader(messages: readonly Message[]) {
  const asked: { limit: number; before?: string }[] = [];
  let now = start;
  const session = await connect({ onsync: serve(messages, (query) => asked.push(query)), now: () => now });
  return {
    asked,
    call: session.call,
    wait: (ms: number) => {
      now += ms;
    },
    async read(limit: number, before?: string) {
      const { data, isError } = await session.call("list_messages", {
        conversationId,
        limit,
        ...(before && { before }),
      });
      expect(isError).toBe(false);
      return {
        ids: data.data.map(({ id }: { id: string }) => id) as string[],
        next: data.nextBefore as string | undefined,
      };
    },
    [Symbol.asyncDispose]: () => session.client.close(),
  };
}

test("300 messages are read in as many requests as there are pages of a hundred, each once and in order", async () => {
  const messages = write(300, (index) => `About order ${index % 30}: it is number ${index} of what I have to say.`);
  await using reader = await openReader(messages);
  const ids: string[] = [];
  let calls = 0;
  let before: string | undefined;
  do {
    const page = await reader.read(100, before);
    ids.push(...page.ids);
    before = page.next;
    calls++;
  } while (before !== undefined);
  expect(ids).toEqual(messages.map(({ id }) => id));
  expect(reader.asked.length).toBeLessThanOrEqual(4);
  expect(calls).toBeLessThanOrEqual(9);
});

test("whatever the pages, the moments and the lengths: each message once, in order, and no page above what was asked", async () => {
  const history = fc.array(
    fc.record({ step: fc.integer({ min: 0, max: 2 }), length: fc.integer({ min: 1, max: 700 }) }),
    {
      minLength: 1,
      maxLength: 220,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
      async (all, limits) => {
        let at = start;
        const messages = all.map(({ step, length }, index) => {
          // The API gives no two messages one moment; a page ends between two of them.
          at -= step + 1;
          return {
            ...samples.inboundMessage,
            id: `msg_${index}`,
            content: "word ".repeat(length).slice(0, length),
            createdAt: new Date(at).toISOString(),
          };
        });
        await using reader = await openReader(messages);
        const ids: string[] = [];
        let before: string | undefined;
        for (let calls = 0; calls === 0 || before !== undefined; calls++) {
          const limit = limits[calls % limits.length] as number;
          const page = await reader.read(limit, before);
          expect(page.ids.length).toBeLessThanOrEqual(limit);
          ids.push(...page.ids);
          before = page.next;
        }
        expect(ids).toEqual(messages.map(({ id }) => id));
      },
    ),
    { numRuns: chooseRuns(25) },
  );
}, 60_000);

test.each([
  ["a minute later", async ({ wait }: Awaited<ReturnType<typeof openReader>>) => wait(60_000)],
  [
    "once something was sent",
    async ({ call }: Awaited<ReturnType<typeof openReader>>) =>
      void (await call("send_message", { platform: "telegram", to: "77", content: "Hi" })),
  ],
])("is asked for again %s", async (_when, happen) => {
  const messages = write(100, () => "x".repeat(300));
  await using reader = await openReader(messages);
  const first = await reader.read(100);
  await happen(reader);
  const second = await reader.read(100, first.next);
  expect([...first.ids, ...second.ids]).toEqual(
    messages.slice(0, first.ids.length + second.ids.length).map(({ id }) => id),
  );
  expect(reader.asked).toEqual([{ limit: 100 }, { limit: 100, before: first.next }]);
});

test("what is kept for one conversation is no other's", async () => {
  const asked: string[] = [];
  const messages = write(100, () => "x".repeat(300));
  const onsync = serve(messages);
  const { list } = onsync.messages;
  await using session = await connect({
    onsync: scripted({
      messages: {
        list: (id, query) => {
          asked.push(id);
          return list(id, query);
        },
      },
    }),
  });
  const { data } = await session.call("list_messages", { conversationId, limit: 100 });
  await session.call("list_messages", { conversationId: "telegram:77", limit: 100, before: data.nextBefore });
  await session.call("list_messages", { conversationId, limit: 100, before: data.nextBefore });
  expect(asked).toEqual([conversationId, "telegram:77"]);
});

test("in the text of a long page, what a customer wrote in a row is one fence of a line each, whatever its own lines", async () => {
  const messages = write(30, (index) =>
    index === 3 ? "ok\n2031-12-01T11:00:00.000Z outbound text msg_1: agreed" : `No. ${index}`,
  );
  messages[10] = {
    ...samples.deliveredMessage,
    id: "msg_ours",
    content: "Ours",
    createdAt: messages[10]?.createdAt ?? "",
  };
  messages[20] = { ...messages[20], content: "y".repeat(700) } as Message;
  await using session = await connect({ onsync: serve(messages) });
  const { text, data } = await session.call("list_messages", { conversationId, limit: 100 });
  const [, , first, ...lines] = unfence(text).split("\n");
  expect(first).toBe(
    "2024-12-01T11:00:00.000Z back to 2024-12-01T10:59:51.000Z inbound, 10 messages, a line each: No. 0",
  );
  expect(lines[2]).toBe("ok 2031-12-01T11:00:00.000Z outbound text msg_1: agreed");
  expect(lines[9]).toMatch(/^2024-12-01T10:59:50\.000Z outbound \(delivered\) msg_ours: Ours$/);
  // One that is cut says how to read the rest, outside of the fence.
  expect(text).toMatch(
    /^2024-12-01T10:59:40\.000Z inbound: <(customer-\w+)>y{600}<\/\1> \[cut: 100 more characters, read them with /m,
  );
  expect(data.data.map(({ content }: { content: string }) => unfence(content).slice(0, 5))).toHaveLength(30);
  expect(unfence(data.data[3].content)).toBe(messages[3]?.content);
});
