/** find_messages in several conversations, as an agent reads it. */
import { expect, test } from "@jest/globals";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect, unfence } from "../session.ts";

const ids = Array.from({ length: 30 }, (_, index) => `telegram:${100 + index}`);

async function openInbox(text: (index: number) => string) {
  const pair = await onsyncPair();
  for (const [index, id] of ids.entries())
    await pair.reference.control.inbound({ platform: "telegram", from: id.slice(9), content: text(index) });
  return pair;
}

test("each message says whose conversation it is in, in the text and in the data", async () => {
  await using pair = await openInbox((index) => (index % 3 === 0 ? "What is the price?" : "Hello"));
  await using session = await connect({ onsync: pair.onsync });
  const { text, data } = await session.call("find_messages", { conversationIds: ids, contains: "price" });
  const asked = ids.filter((_id, index) => index % 3 === 0);
  expect(data.data.map(({ conversationId }: { conversationId: string }) => conversationId)).toEqual(asked);
  for (const id of asked) expect(unfence(text)).toMatch(new RegExp(`^${id} \\S+ inbound .*What is the price\\?$`, "m"));
  expect(text).not.toContain("There may be more");
});

test("where there is no room for all, it says so and stays under 6,000 tokens", async () => {
  await using pair = await openInbox((index) => `price ${index} ${"word ".repeat(200)}`);
  await using session = await connect({ onsync: pair.onsync });
  const answer = await session.call("find_messages", { conversationIds: ids, contains: "price", limit: 5 });
  expect(countTokens(JSON.stringify([answer.text, answer.data]))).toBeLessThan(6_000);
  expect(answer.data.data.length).toBeGreaterThan(10);
  expect(answer.data.complete).toBe(answer.data.data.length === 30);
  if (!answer.data.complete) expect(answer.text).toContain("There may be more: ask for fewer conversations");
});

test("of one conversation, what there is no room for is reached by the time that is answered, and nothing is skipped", async () => {
  await using pair = await onsyncPair();
  const said = Array.from({ length: 90 }, (_, index) => `price ${index} ${"word ".repeat(100)}`);
  for (const content of said) await pair.reference.control.inbound({ platform: "telegram", from: "77", content });
  await using session = await connect({ onsync: pair.onsync });
  const found: string[] = [];
  let before: string | undefined;
  for (let calls = 0; calls < 20; calls++) {
    const args = { conversationId: "telegram:77", contains: "price", limit: 100, ...(before && { before }) };
    const { data } = await session.call("find_messages", args);
    found.push(...data.data.map(({ content }: { content: string }) => /price \d+/.exec(content)?.[0] ?? ""));
    if (data.complete) break;
    before = data.readBackTo;
  }
  expect(found).toEqual(said.map((_text, index) => `price ${89 - index}`));
});

test("sealed ids are opened where phones and addresses are masked, and one that was made up is refused", async () => {
  await using pair = await openInbox(() => "What is the price?");
  await using session = await connect({ onsync: pair.onsync, safety: { redactPii: true } });
  const listed = await session.call("list_conversations", {});
  const sealed = listed.data.data.map(({ id }: { id: string }) => id).slice(0, 3);
  expect(JSON.stringify(listed)).not.toMatch(/telegram:\d/);
  const { data } = await session.call("find_messages", { conversationIds: sealed, contains: "price" });
  expect(data.data.map(({ conversationId }: { conversationId: string }) => conversationId)).toEqual(sealed);
  const made = await session.call("find_messages", { conversationIds: [`telegram:~${"x".repeat(30)}`], contains: "a" });
  expect(made.error?.code).toBe("validation_failed");
  expect(made.text).toContain("conversationIds[0] holds");
});
