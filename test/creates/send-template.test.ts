import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startZap, type Zap } from "../zapier/harness.ts";
import { saveTemplates } from "./templates.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
  await saveTemplates(zap);
});
afterEach(() => zap.close());

const phone = "+971500000000";

/** What the API was sent of a template. */
async function readSentTemplate(messageId: unknown): Promise<unknown> {
  const response = await zap.reference.fetch(
    new Request(`http://127.0.0.1/v1/conversations/whatsapp:${phone}/messages`, {
      headers: { authorization: `Bearer ${zap.reference.key}` },
    }),
  );
  const { data } = (await response.json()) as { data: { id: string; metadata: { template: unknown } }[] };
  return data.find(({ id }) => id === messageId)?.metadata.template;
}

test("what is filled in is sent in the order of the variables", async () => {
  const message = await zap.create("send_template", {
    to: phone,
    template: "order_update",
    language: "en",
    parameter_2: "#10482 {{x}}",
    parameter_1: "Sara",
  });
  expect(await readSentTemplate(message.id)).toEqual({
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
  expect(await readSentTemplate(message.id)).toMatchObject({
    components: [{ parameters: values.map((text) => ({ type: "text", text })) }],
  });
});

test("a value that is blank is named, and does not move the next one up", async () => {
  const shown = await zap.failure("creates.send_template.operation.perform", {
    inputData: { to: phone, template: "order_update", language: "en", parameter_1: "", parameter_2: "#1" },
  });
  expect(shown.text).toContain("must not be empty: WhatsApp refuses empty values");
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
  const fields = await zap.run("creates.send_template.operation.inputFields", {
    inputData: { template: "order_update" },
    authData,
  });
  expect(fields.map(({ key }) => key)).toContain("parameters");
  const message = await zap.create("send_template", { to: phone, template: "plain", language: "en" }, { authData });
  expect(message).toMatchObject({ templateName: "plain" });
});
