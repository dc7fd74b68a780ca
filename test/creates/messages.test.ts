import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

function fieldsOf(inputData: Row, other: Zap = zap, authData?: Record<string, string>) {
  return other.run("creates.send_template.operation.inputFields", { inputData, ...(authData && { authData }) });
}

async function shownFields(inputData: Row, other: Zap = zap): Promise<unknown[]> {
  return (await fieldsOf(inputData, other)).map(({ key }) => key);
}

async function sent(id: unknown): Promise<Row> {
  return (await zap.search("find_messages", { conversationId: `whatsapp:${phone}` })).find(
    (message) => message.id === id,
  ) as Row;
}

/** What the API was sent of a template. */
async function templateOf(messageId: unknown): Promise<unknown> {
  const response = await zap.reference.fetch(
    new Request(`http://127.0.0.1/v1/conversations/whatsapp:${phone}/messages`, {
      headers: { authorization: `Bearer ${zap.reference.key}` },
    }),
  );
  const { data } = (await response.json()) as { data: { id: string; metadata: { template: unknown } }[] };
  return data.find(({ id }) => id === messageId)?.metadata.template;
}

describe("Send Message", () => {
  test("inside the window the text is sent, with the Zap's own data", async () => {
    await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
    const message = await zap.create("send_message", {
      platform: "whatsapp",
      to: "+971 50 000 0000",
      content: "On its way {{1}} 👋\nمرحبا",
      metadata: { campaign: "expo" },
    });
    expect(message).toMatchObject({
      content: "On its way {{1}} 👋\nمرحبا",
      customerAddress: phone,
      conversationId: `whatsapp:${phone}`,
      outsideMessagingWindow: false,
      messagingWindowExpiredAt: null,
      clientReference: expect.any(String),
      metadata: { campaign: "expo" },
    });
    expect(await sent(message.id)).toMatchObject({ content: message.content });
  });

  test.each([["instagram"], ["facebook"], ["telegram"]])("%s", async (platform) => {
    expect(await zap.create("send_message", { platform, to: "sara.h", content: "Hi" })).toMatchObject({
      platform,
      customerAddress: "sara.h",
    });
  });

  test("4096 characters are sent, one more is refused before a request", async () => {
    const input = { platform: "telegram", to: "sara" };
    expect(await zap.create("send_message", { ...input, content: "😀".repeat(4096) })).toMatchObject({
      direction: "outbound",
    });
    zap.logs.length = 0;
    const shown = await zap.failure("creates.send_message.operation.perform", {
      inputData: { ...input, content: "x".repeat(4097) },
    });
    expect(shown.text).toBe("OnSync cannot take this. Message: must be at most 4096 characters.");
    expect(zap.logs.join("")).not.toContain("messaging/send");
  });
});

describe("Send WhatsApp Template", () => {
  beforeEach(async () => {
    const { templates } = zap.reference.control;
    const body = (text: string) => [{ type: "BODY", text }];
    await templates.save({
      name: "order_update",
      language: "en",
      components: body("Hi {{1}}, order {{2}} is on its way."),
    });
    await templates.save({
      name: "order_update",
      language: "ar",
      components: body("مرحبا {{1}}، طلبك {{2}} في الطريق. {{3}}"),
    });
    await templates.save({ name: "welcome", language: "en", components: body("Hi {{name}}, from {{city}}!") });
    await templates.save({ name: "plain", language: "en", components: body("Hello") });
    await templates.save({ name: "not_yet", language: "en", status: "pending", components: body("Hi {{1}}") });
  });

  test("the dropdown offers what is approved, each name once, with its text", async () => {
    const choices = await zap.run("triggers.template_list.operation.perform");
    const names = choices.map(({ id }) => id);
    expect(names).toEqual(expect.arrayContaining(["order_update", "welcome", "plain"]));
    expect(names).not.toContain("not_yet");
    expect(new Set(names).size).toBe(names.length);
    expect(choices).toContainEqual({ id: "plain", name: "plain: Hello" });
  });

  test("before a template is chosen there is nothing to fill in", async () => {
    expect(await shownFields({})).toEqual(["to", "template", "metadata", "clientReference"]);
  });

  test("one labelled input for each variable of the template", async () => {
    const fields = await fieldsOf({ template: "order_update", language: "en" });
    expect(fields.map(({ key, label, required }) => [key, label, required])).toEqual([
      ["to", "Phone", true],
      ["template", "Template", true],
      ["language", "Language", true],
      ["parameter_1", "Value 1", true],
      ["parameter_2", "Value 2", true],
      ["metadata", "Metadata", false],
      ["clientReference", "Client Reference", false],
    ]);
    expect(fields[3]?.helpText).toContain("{{1}}");
    expect(fields[3]?.helpText).toContain("Hi {{1}}, order {{2}} is on its way.");
    expect((await fieldsOf({ template: "welcome" })).map(({ label }) => label)).toEqual(
      expect.arrayContaining(["name", "city"]),
    );
    expect(await shownFields({ template: "plain" })).toEqual([
      "to",
      "template",
      "language",
      "metadata",
      "clientReference",
    ]);
  });

  test("the language follows the template, and the variables the language", async () => {
    const fields = await fieldsOf({ template: "order_update" });
    const language = fields.find(({ key }) => key === "language") as { choices: Row[]; default: string };
    const offered = language.choices.map(({ value }) => value);
    expect([...offered].sort()).toEqual(["ar", "en"]);
    expect(offered).toContain(language.default);
    expect(await shownFields({ template: "order_update", language: "ar" })).toContain("parameter_3");
    expect(await shownFields({ template: "order_update", language: "en" })).not.toContain("parameter_3");
  });

  test("what is filled in is sent, in order", async () => {
    const message = await zap.create("send_template", {
      to: phone,
      template: "order_update",
      language: "en",
      parameter_2: "#10482 {{x}}",
      parameter_1: "Sara",
    });
    expect(await templateOf(message.id)).toEqual({
      name: "order_update",
      language: "en",
      components: [
        {
          type: "body",
          parameters: [
            { type: "text", text: "Sara" },
            { type: "text", text: "#10482 {{x}}" },
          ],
        },
      ],
    });
    expect(message).toMatchObject({
      templateName: "order_update",
      templateLanguage: "en",
      outsideMessagingWindow: true,
      content: "Hi Sara, order #10482 {{x}} is on its way.",
    });
  });

  test("ten variables and more are sent in the order of their numbers", async () => {
    const values = Array.from({ length: 11 }, (_, index) => `v${index + 1}`);
    const text = values.map((_, index) => `{{${index + 1}}}`).join(" ");
    await zap.reference.control.templates.save({ name: "long", components: [{ type: "BODY", text }] });
    const message = await zap.create("send_template", {
      to: phone,
      template: "long",
      language: "en",
      ...Object.fromEntries(values.map((value, index) => [`parameter_${index + 1}`, value]).reverse()),
    });
    expect(await templateOf(message.id)).toMatchObject({
      components: [{ parameters: values.map((text) => ({ type: "text", text })) }],
    });
  });

  test("a value that is blank is named, and does not move the next one up", async () => {
    const shown = await zap.failure("creates.send_template.operation.perform", {
      inputData: { to: phone, template: "order_update", language: "en", parameter_1: "", parameter_2: "#1" },
    });
    expect(shown.text).toContain("must not be empty: WhatsApp refuses empty values");
  });

  test.each<[string, () => Promise<[unknown[], unknown[]]>]>([
    [
      "an org without a template list",
      async () => {
        const plain = await startZap({ extensions: false });
        const both: [unknown[], unknown[]] = [
          await shownFields({ template: "order_update" }, plain),
          await plain.run("triggers.template_list.operation.perform"),
        ];
        await plain.close();
        return both;
      },
    ],
    ["a name that is mapped or not listed", async () => [await shownFields({ template: "{{1__name}}" }), []]],
  ])("%s: language and values are typed", async (_what, look) => {
    const [keys, choices] = await look();
    expect(keys).toEqual(["to", "template", "language", "parameters", "metadata", "clientReference"]);
    expect(choices).toEqual([]);
  });

  test("typed values are sent in order", async () => {
    const message = await zap.create("send_template", {
      to: phone,
      template: "order_update",
      language: "en",
      parameters: ["Sara", "#10482"],
    });
    expect(message).toMatchObject({ content: "Hi Sara, order #10482 is on its way." });
  });

  test("a key that may not read templates still sends one", async () => {
    const { key } = await zap.reference.control.createKey({ scopes: ["write:messages"] });
    const authData = { api_key: key, base_url: zap.url };
    expect((await fieldsOf({ template: "order_update" }, zap, authData)).map(({ key }) => key)).toContain("parameters");
    const message = await zap.create("send_template", { to: phone, template: "plain", language: "en" }, { authData });
    expect(message).toMatchObject({ templateName: "plain" });
  });

  test("a revoked key says so in the editor too", async () => {
    const shown = await zap.failure("creates.send_template.operation.inputFields", {
      inputData: { template: "plain" },
      authData: { api_key: "onsync_pk_test_revoked", base_url: zap.url },
    });
    expect(shown.name).toBe("ExpiredAuthError");
  });
});
