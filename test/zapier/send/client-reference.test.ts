/** A reference of the Zap's own: one message, however often and wherever it runs. */
import { expect, test } from "@jest/globals";
import { countMessages, phone, startForEachTest, zap } from "../errors/failing-steps.ts";
import { countRequests } from "../requests.ts";

startForEachTest();

const input = { platform: "telegram", to: "sara", content: "Confirmed", clientReference: "order-10482" };

function fail(inputData: Record<string, unknown>) {
  return zap.failure("creates.send_message.operation.perform", { inputData });
}

test("a client reference of the Zap's own sends once, however often it runs, and says that it was sent", async () => {
  const first = await zap.create("send_message", input);
  expect(first).toMatchObject({ clientReference: "order-10482", alreadySent: false });
  expect(await zap.create("send_message", input)).toMatchObject({ id: first.id, alreadySent: true });
  expect((await zap.create("send_message", { ...input, clientReference: "order-2" })).id).not.toBe(first.id);
  expect(await countMessages()).toBe(2);
});

test("another text under the reference is refused, and says what to give it", async () => {
  await zap.create("send_message", input);
  const shown = await fail({ ...input, content: "Shipped" });
  expect(shown).toMatchObject({
    name: "HaltedError",
    text: expect.stringMatching(
      /^Nothing was sent: this Client Reference belongs to another message\. .+order-10482-shipped/,
    ),
  });
  expect(shown.text.length).toBeLessThanOrEqual(250);
  expect(await countMessages()).toBe(1);
});

test("a blank reference is none, and white space around one is not part of it", async () => {
  for (const clientReference of ["", "  ", "\n"]) await zap.create("send_message", { ...input, clientReference });
  expect(await countMessages()).toBe(3);
  const first = await zap.create("send_message", { ...input, clientReference: " order-1 " });
  expect(first.clientReference).toBe("order-1");
  expect(await zap.create("send_message", { ...input, clientReference: "order-1" })).toMatchObject({ id: first.id });
});

test.each([true, false])("of several runs at once exactly one sends (this OnSync has extensions: %s)", async (own) => {
  await zap.close();
  const { startZap } = await import("../harness.ts");
  const other = await startZap({ extensions: own });
  const runs = await Promise.allSettled([1, 2, 3, 4].map(() => other.create("send_message", input)));
  const ids = runs.flatMap((run) => (run.status === "fulfilled" ? [run.value.id] : []));
  expect(new Set(ids).size).toBe(1);
  for (const run of runs) if (run.status === "rejected") expect(run.reason.name).toBe("ThrottledError");
  const { messages } = other.reference.snapshot().data;
  expect(messages).toHaveLength(1);
  await other.close();
});

test("two connections of one org, with keys of their own, share a reference", async () => {
  const { key } = await zap.reference.control.createKey({ scopes: ["write:messages", "read:messages"] });
  const first = await zap.create("send_message", input);
  const authData = { api_key: key, base_url: zap.url };
  expect(await zap.create("send_message", input, { authData })).toMatchObject({ id: first.id, alreadySent: true });
  expect(await countMessages()).toBe(1);
});

test("a template under a reference is sent once, another value is refused", async () => {
  const template = { to: phone, template: "order_follow_up", language: "en", clientReference: "order-1-follow-up" };
  const first = await zap.create("send_template", { ...template, parameter_1: "Sara" });
  expect(await zap.create("send_template", { ...template, parameter_1: "Sara" })).toMatchObject({
    id: first.id,
    alreadySent: true,
  });
  const shown = await zap.failure("creates.send_template.operation.perform", {
    inputData: { ...template, parameter_1: "Omar" },
  });
  expect(shown.name).toBe("HaltedError");
});

test("sends to one recipient run one after another, whichever connection they use", async () => {
  const { default: App } = await import("../../../index.ts");
  for (const key of ["send_message", "send_template"])
    expect(App.creates?.[key]?.operation.lock).toEqual({ key: "send-{{bundle.inputData.to}}", timeout: 60 });
});

test("a send costs one request, one with a reference two; each connection one more a day", async () => {
  const count = (inputData: Record<string, unknown>) => countRequests(zap, () => zap.create("send_message", inputData));
  const { clientReference: _none, ...plain } = input;
  expect(await count(plain)).toBe(2);
  expect(await count(plain)).toBe(1);
  expect(await count(input)).toBe(2);
  expect(await count(input)).toBe(0);
});

test.each([
  [99, 1],
  [100, 2],
])(
  "a reference that the cache has forgotten is looked for among the last hundred messages: after %i more, %i went out",
  async (more, sent) => {
    await zap.create("send_message", input);
    zap.cache.entries.clear();
    for (let message = 0; message < more; message++)
      await zap.reference.control.inbound({ platform: "telegram", from: "sara", content: `message ${message}` });
    await zap.create("send_message", input);
    const { messages } = zap.reference.snapshot().data;
    expect(messages.filter(({ direction }) => direction === "outbound")).toHaveLength(sent);
  },
);
