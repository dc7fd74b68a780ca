/** Which values go into a template: those of the template chosen now, and none that another one left behind. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";
import { saveTemplates } from "./templates.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
  await saveTemplates(zap);
  await zap.reference.control.templates.save({ name: "greeting", components: [{ type: "BODY", text: "Hello {{1}}" }] });
});
afterEach(() => zap.close());

const to = "+971500000000";
const perform = "creates.send_template.operation.perform";

/** The form's fields for a template, by label. */
async function readKeys(template: string): Promise<Record<string, string>> {
  const fields = await zap.run("creates.send_template.operation.inputFields", { inputData: { template } });
  return Object.fromEntries(fields.map(({ label, key }) => [String(label), String(key)]));
}

/** The form filled in, as Zapier keeps it. */
async function fill(template: string, values: Row): Promise<Row> {
  const keys = await readKeys(template);
  return Object.fromEntries(Object.entries(values).map(([label, value]) => [keys[label] ?? label, value]));
}

test("values that a template chosen before left behind are not sent", async () => {
  const stale = await fill("order_update", { "Value 1": "Stale", "Value 2": "Stale" });
  const right = await fill("greeting", { "Value 1": "Right" });
  const message = await zap.create("send_template", { to, template: "greeting", language: "en", ...stale, ...right });
  expect(message.content).toBe("Hello Right");
});

test("a template without variables is sent without the values of another one", async () => {
  const stale = await fill("order_update", { "Value 1": "Stale", "Value 2": "Stale" });
  const message = await zap.create("send_template", {
    to,
    template: "plain",
    language: "en",
    ...stale,
    parameter_1: "x",
  });
  expect(message.content).toBe("Hello");
});

test("typed values go before those that an older version of the form left behind", async () => {
  const message = await zap.create("send_template", {
    to,
    template: "greeting",
    language: "en",
    parameters: ["Right"],
    parameter_1: "Stale",
  });
  expect(message.content).toBe("Hello Right");
});

test("where the template is mapped from an earlier step, the typed values are sent", async () => {
  const stale = await fill("greeting", { "Value 1": "Stale" });
  const message = await zap.run<Row>(perform, {
    inputData: { to, template: "greeting", language: "en", ...stale, parameters: ["Right"] },
    inputDataRaw: { template: "{{1__template}}" },
  });
  expect(message.content).toBe("Hello Right");
});

test("the fields of a template are cleared when another one is chosen", async () => {
  const fields = await zap.run("creates.send_template.operation.inputFields", { inputData: { template: "greeting" } });
  const own = fields.filter(({ label }) => ["Language", "Value 1"].includes(String(label)));
  expect(own.map(({ dependsOn }) => dependsOn)).toEqual([["template"], ["template"]]);
});

test("a key of a very high number costs nothing", async () => {
  const message = await zap.create("send_template", {
    to,
    template: "greeting",
    language: "en",
    parameter_1: "Sara",
    parameter_9999999: "x",
  });
  expect(message.content).toBe("Hello Sara");
});

test.each<[string, Row, RegExp]>([
  ["a template that is not listed", { template: "nobody" }, /no approved template.*nobody.*greeting/s],
  ["one that waits for approval", { template: "not_yet" }, /no approved template/],
  ["a language it does not have", { template: "greeting", language: "fr" }, /fr.*en/],
  ["too few values", { template: "order_update", parameters: ["one"] }, /2 values.*1/],
  ["too many values", { template: "greeting", parameters: ["one", "two"] }, /1 value.*2/],
])("%s is refused before anything is sent, and halts the run", async (_what, inputData, text) => {
  const shown = await zap.failure(perform, { inputData: { to, language: "en", ...inputData } });
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toMatch(text);
  expect(shown.text.length).toBeLessThanOrEqual(250);
  expect(zap.logs.filter((line) => line.includes("POST /messaging/send"))).toEqual([]);
});

test("a value of the form that is blank is named by its label", async () => {
  const inputData = await fill("order_update", {
    to,
    template: "order_update",
    Language: "en",
    "Value 1": "",
    "Value 2": "#1",
  });
  const shown = await zap.failure(perform, { inputData });
  expect(shown.text).toContain("Value 1");
});

test("the template list is read once for many runs, and again before anything is refused by it", async () => {
  const send = (template: string) =>
    zap.create("send_template", { to, template, language: "en", parameters: ["Sara"] });
  await send("greeting");
  await send("greeting");
  const before = zap.logs.filter((line) => line.includes("GET /templates: 200")).length;
  expect(before).toBe(1);
  await zap.reference.control.templates.save({
    name: "greeting",
    components: [{ type: "BODY", text: "Hi {{1}} {{2}}" }],
  });
  await zap.create("send_template", { to, template: "greeting", language: "en", parameters: ["a", "b"] });
  expect(zap.logs.filter((line) => line.includes("GET /templates: 200"))).toHaveLength(2);
});

test.each([
  [["ar", "en_GB", "fr"], "en_GB"],
  [["ar", "en", "en_US"], "en"],
  [["fr", "ar"], "ar"],
])("of the languages %j the form begins with %s", async (languages, first) => {
  for (const language of languages)
    await zap.reference.control.templates.save({
      name: "spoken",
      language,
      components: [{ type: "BODY", text: "Hi" }],
    });
  const fields = await zap.run("creates.send_template.operation.inputFields", { inputData: { template: "spoken" } });
  expect(fields.find(({ key }) => key === "language")?.default).toBe(first);
});

test("where there is no template list, that is remembered, and a send is one request", async () => {
  const plain = await startZap({ extensions: false });
  const send = () =>
    plain.create("send_template", { to, template: "order_follow_up", language: "en", parameters: ["Sara"] });
  // Whose the key is, which a first send asks for, is the third.
  expect(await countRequests(plain, send)).toBe(3);
  expect(await countRequests(plain, send)).toBe(1);
  await plain.close();
});

test("a list that cannot be read just now keeps nothing from being sent, and is asked for again", async () => {
  await zap.reference.control.faults.add({ path: "/v1/templates", status: 500 });
  const send = () => zap.create("send_template", { to, template: "greeting", language: "en", parameters: ["Sara"] });
  expect((await send()).content).toBe("Hello Sara");
  await zap.reference.control.faults.clear();
  expect(await countRequests(zap, send)).toBe(2);
  expect(await countRequests(zap, send)).toBe(1);
});
