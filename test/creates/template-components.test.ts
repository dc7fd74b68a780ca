/** Headers, buttons and named variables of a template: from its own fields, and from Template Components. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const perform = "creates.send_template.operation.perform";
const link = "https://example.com/invoice.pdf";
const invoice = [
  { type: "HEADER", format: "DOCUMENT" },
  { type: "BODY", text: "Hi {{name}}, your invoice." },
  {
    type: "BUTTONS",
    buttons: [
      { type: "QUICK_REPLY", text: "Thanks" },
      { type: "URL", text: "Pay", url: "https://example.com/{{1}}" },
    ],
  },
];
const components = [
  { type: "header", parameters: [{ type: "document", document: { link, filename: "invoice.pdf" } }] },
  { type: "body", parameters: [{ type: "text", text: "Sara", parameter_name: "name" }] },
  { type: "button", sub_type: "url", index: "1", parameters: [{ type: "text", text: "1187" }] },
];
const values = {
  "Header Document": link,
  "Header File Name": "invoice.pdf",
  name: "Sara",
  "Button 2 (Pay)": "1187",
};
const input = { to: "+971500000000", template: "invoice", language: "en" };

/** What is filled in, by the labels of the form. */
async function fill(filledIn: Row): Promise<Row> {
  const fields = await zap.run("creates.send_template.operation.inputFields", {
    inputData: { template: input.template },
  });
  const keys = new Map(fields.map(({ label, key }) => [label, String(key)]));
  return Object.fromEntries(
    Object.entries(filledIn).map(([label, value]) => [keys.get(label) ?? `no ${label}`, value]),
  );
}

async function readSentComponents(): Promise<unknown> {
  const headers = { authorization: `Bearer ${zap.reference.key}` };
  const url = "http://127.0.0.1/v1/conversations/whatsapp:+971500000000/messages";
  const { data } = (await (await zap.reference.fetch(new Request(url, { headers }))).json()) as {
    data: { metadata: { template: { components: unknown } } }[];
  };
  return data[0]?.metadata.template.components;
}

test("a document, a named variable and a button's value are filled in by fields of their own", async () => {
  await zap.reference.control.templates.save({ name: "invoice", components: invoice });
  const message = await zap.create("send_template", { ...input, ...(await fill(values)) });
  expect(message.content).toBe("Hi Sara, your invoice.");
  expect(await readSentComponents()).toEqual(components);
});

test("a header's text and values of the body are filled in apart", async () => {
  await zap.reference.control.templates.save({
    name: "invoice",
    components: [
      { type: "HEADER", format: "TEXT", text: "Order {{1}}" },
      { type: "BODY", text: "Hi {{1}}" },
    ],
  });
  await zap.create("send_template", { ...input, ...(await fill({ "Header Value 1": "#1", "Value 1": "Sara" })) });
  expect(await readSentComponents()).toEqual([
    { type: "header", parameters: [{ type: "text", text: "#1" }] },
    { type: "body", parameters: [{ type: "text", text: "Sara" }] },
  ]);
});

test.each<[string, Row, RegExp]>([
  ["without its document", { ...values, "Header Document": "" }, /Header Document/],
  ["without its button's value", { ...values, "Button 2 (Pay)": "" }, /Button 2 \(Pay\)/],
  ["with a file that is not on the web", { ...values, "Header Document": "http://10.0.0.1/a.pdf" }, /https/],
])("a template %s is not sent, and the error names the field", async (_what, filledIn, text) => {
  await zap.reference.control.templates.save({ name: "invoice", components: invoice });
  const shown = await zap.failure(perform, { inputData: { ...input, ...(await fill(filledIn)) } });
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringMatching(text) });
  expect(zap.logs.filter((line) => line.includes("POST /messaging/send"))).toEqual([]);
});

test("without a template list, Template Components takes them as JSON", async () => {
  const plain = await startZap({ extensions: false });
  await plain.reference.control.templates.save({ name: "invoice", components: invoice });
  const message = await plain.create("send_template", { ...input, components: JSON.stringify(components) });
  expect(message.content).toBe("Hi Sara, your invoice.");
  await plain.close();
});

test("typed values get the names of the template's variables", async () => {
  await zap.reference.control.templates.save({ name: "invoice", components: [{ type: "BODY", text: "Hi {{name}}" }] });
  await zap.create("send_template", { ...input, parameters: ["Sara"] });
  expect(await readSentComponents()).toEqual([components[1]]);
});

test.each(["[", '{"type": "body"}', "[1]"])(
  "Template Components of %s halt the run by the field's label",
  async (text) => {
    const shown = await zap.failure(perform, {
      inputData: { ...input, template: "order_follow_up", components: text },
    });
    expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("Template Components") });
  },
);

test("what the form held for the template is sent where its list cannot be read any more", async () => {
  await zap.reference.control.templates.save({ name: "invoice", components: invoice });
  const filledIn = await fill(values);
  const { key } = await zap.reference.control.createKey({ scopes: ["write:messages"] });
  const authData = { api_key: key, base_url: zap.url };
  await zap.create("send_template", { ...input, ...filledIn }, { authData });
  expect(await readSentComponents()).toEqual(components);
});
