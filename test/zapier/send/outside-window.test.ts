/** Send Message on WhatsApp outside the 24-hour window: what its builder chose happens, once, whatever is replayed. */
import { expect, test } from "@jest/globals";
import { addFault, phone, startForEachTest, zap } from "../errors/failing-steps.ts";
import { countRequests } from "../requests.ts";

startForEachTest();

const perform = "creates.send_message.operation.perform";
const text = { platform: "whatsapp", to: phone, content: "Your order is on its way" };
const template = { outsideWindow: "template", template: "order_follow_up", language: "en", parameter_1: "Sara" };
const referenced = { ...text, ...template, clientReference: "order-1-shipped" };

function readSent() {
  return zap.reference
    .snapshot()
    .data.messages.filter(({ direction }) => direction === "outbound")
    .map(({ type }) => type);
}

const openWindow = () => zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });

test.each([[undefined], [""], ["stop"]])("with %j the run halts and nothing is sent", async (outsideWindow) => {
  const shown = await zap.failure(perform, { inputData: { ...text, outsideWindow } });
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringMatching(/^Nothing was sent: /) });
  expect(readSent()).toEqual([]);
});

test("the run continues without sending, says so, and another run sends when the window is open", async () => {
  const input = { ...text, outsideWindow: "continue" };
  expect(await zap.create("send_message", input)).toMatchObject({
    id: null,
    content: text.content,
    platform: "whatsapp",
    sent: false,
    notSentReason: expect.stringContaining("24 hours"),
    outsideMessagingWindow: true,
  });
  expect(readSent()).toEqual([]);
  await openWindow();
  expect(await zap.create("send_message", input)).toMatchObject({ sent: true, notSentReason: null, type: "text" });
});

test("a template is sent instead, and inside the window the text", async () => {
  const sent = await zap.create("send_message", { ...text, ...template });
  expect(sent).toMatchObject({ type: "template", templateName: "order_follow_up", sent: true });
  await openWindow();
  expect(await zap.create("send_message", { ...text, ...template })).toMatchObject({ type: "text", sent: true });
  expect(readSent()).toEqual(["template", "text"]);
});

test("another error than a closed window sends no template", async () => {
  await addFault({ status: 429, headers: { "Retry-After": "600" }, path: "/v1/messaging/send", times: 1 });
  expect((await zap.failure(perform, { inputData: { ...text, ...template } })).name).toBe("ThrottledError");
  await addFault({ kind: "drop_response", path: "/v1/messaging/send", times: 1 });
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
  await openWindow();
  const inputData = { ...text, ...template, content: "Another" };
  expect((await zap.failure(perform, { inputData })).text).toContain("may have been sent");
  expect(readSent()).toEqual(["text"]);
});

test("a replay after the template sends neither, though the window is open by then", async () => {
  const first = await zap.create("send_message", referenced);
  await openWindow();
  for (let replay = 0; replay < 2; replay++)
    expect(await zap.create("send_message", referenced)).toMatchObject({ id: first.id, alreadySent: true });
  expect(readSent()).toEqual(["template"]);
});

test("a replay finds the template in the history, where Zapier's cache has forgotten it", async () => {
  const first = await zap.create("send_message", referenced);
  await openWindow();
  zap.cache.entries.clear();
  expect(await zap.create("send_message", referenced)).toMatchObject({ id: first.id, alreadySent: true });
  expect(readSent()).toEqual(["template"]);
});

test("another text under the reference is refused as ever", async () => {
  await zap.create("send_message", referenced);
  const inputData = { ...referenced, content: "Another", parameter_1: "Omar" };
  expect(await zap.failure(perform, { inputData })).toMatchObject({
    name: "HaltedError",
    text: expect.stringContaining("Client Reference"),
  });
  expect(readSent()).toEqual(["template"]);
});

test.each([[text], [{ ...text, clientReference: "order-1-shipped" }]])(
  "a template whose answer is lost is looked for by a replay, with the window open: %j",
  async (input) => {
    const inputData = { ...input, ...template };
    // The text's refusal arrives; the template is the second claim of its reference.
    let isClaimed = false;
    zap.cache.trouble = (_call, key, method) => {
      if (isClaimed || method !== "set" || !/^send:.+:2$/.test(key)) return undefined;
      isClaimed = true;
      void addFault({ kind: "drop_response", path: "/v1/messaging/send", times: 1 });
      void addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
      return undefined;
    };
    expect((await zap.failure(perform, { inputData })).text).toContain("may have been sent");
    zap.cache.trouble = () => undefined;
    await openWindow();
    const replay = await zap.run(perform, { inputData }).catch((error: Error) => error.name);
    expect(replay).toEqual("clientReference" in input ? expect.objectContaining({ alreadySent: true }) : "HaltedError");
    expect(readSent()).toEqual(["template"]);
  },
);

test("a text, its refusal and the template in its place cost three requests with a reference", async () => {
  // What is asked once a day: whose sends they are, and the templates.
  await zap.create("send_message", referenced);
  const second = { ...referenced, clientReference: "order-2-shipped" };
  expect(await countRequests(zap, () => zap.create("send_message", second))).toBe(3);
});

test("the template and its fields are there where a template is to be sent instead, and nowhere else", async () => {
  const list = async (inputData: Record<string, unknown>) => {
    const fields = await zap.run<{ key: string; dependsOn?: string[] }[]>(
      "creates.send_message.operation.inputFields",
      { inputData },
    );
    return fields.map(({ key }) => key);
  };
  const always = ["platform", "to", "content", "outsideWindow", "metadata", "clientReference"];
  for (const outsideWindow of [undefined, "stop", "continue"])
    expect(await list({ ...text, outsideWindow, template: "order_follow_up" })).toEqual(always);
  const chosen = await list({ ...text, outsideWindow: "template", template: "order_follow_up" });
  expect(chosen.filter((key) => !always.includes(key))).toEqual([
    "template",
    "language",
    expect.stringMatching(/^body_1_/),
  ]);
});

test("the template goes to the number as the text would, however it was typed", async () => {
  const sent = await zap.create("send_message", { ...text, ...template, to: "+971 (0)50 000-0000" });
  expect(sent).toMatchObject({ type: "template", customerAddress: phone });
});

test("a text for another platform sends no template, not even where its address is a number of WhatsApp", async () => {
  const input = { ...referenced, platform: "telegram" };
  await zap.create("send_message", input);
  const shown = await zap.failure(perform, { inputData: { ...input, content: "Another" } });
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("Client Reference") });
  expect(readSent()).toEqual(["text"]);
});
