/** What there is to fill in for a template: its language, and one input for each of its variables. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";
import { saveTemplates } from "./templates.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
  await saveTemplates(zap);
});
afterEach(() => zap.close());

function readFields(inputData: Row, other: Zap = zap) {
  return other.run("creates.send_template.operation.inputFields", { inputData });
}

async function readFieldKeys(inputData: Row, other: Zap = zap): Promise<unknown[]> {
  return (await readFields(inputData, other)).map(({ key }) => key);
}

test("the dropdown offers what is approved, each name once, with its text", async () => {
  const choices = await zap.run("triggers.template_list.operation.perform");
  const names = choices.map(({ id }) => id);
  expect(names).toEqual(expect.arrayContaining(["order_update", "welcome", "plain"]));
  expect(names).not.toContain("not_yet");
  expect(new Set(names).size).toBe(names.length);
  expect(choices).toContainEqual({ id: "plain", name: "plain: Hello" });
});

test("before a template is chosen there is nothing to fill in", async () => {
  expect(await readFieldKeys({})).toEqual(["to", "template", "metadata", "clientReference"]);
});

test("there is one labelled input for each variable of the template", async () => {
  const fields = await readFields({ template: "order_update", language: "en" });
  expect(fields.map(({ key, label, required }) => [key, label, required])).toEqual([
    ["to", "Phone", true],
    ["template", "Template", true],
    ["language", "Language", true],
    [expect.stringMatching(/^body_1_[0-9a-f]{8}$/), "Value 1", true],
    [expect.stringMatching(/^body_2_[0-9a-f]{8}$/), "Value 2", true],
    ["metadata", "Metadata", false],
    ["clientReference", "Client Reference", false],
  ]);
  expect(fields[3]?.helpText).toContain("{{1}}");
  expect(fields[3]?.helpText).toContain("Hi {{1}}, order {{2}} is on its way.");
  expect((await readFields({ template: "welcome" })).map(({ label }) => label)).toEqual(
    expect.arrayContaining(["name", "city"]),
  );
  expect(await readFieldKeys({ template: "plain" })).toEqual([
    "to",
    "template",
    "language",
    "metadata",
    "clientReference",
  ]);
});

test("the language follows the template, and the variables the language", async () => {
  const fields = await readFields({ template: "order_update" });
  const language = fields.find(({ key }) => key === "language") as { choices: Row[]; default: string };
  const offered = language.choices.map(({ value }) => value);
  expect([...offered].sort()).toEqual(["ar", "en"]);
  expect(offered).toContain(language.default);
  const third = expect.stringMatching(/^body_3_/);
  expect(await readFieldKeys({ template: "order_update", language: "ar" })).toContainEqual(third);
  expect(await readFieldKeys({ template: "order_update", language: "en" })).not.toContainEqual(third);
});

test.each<[string, () => Promise<[unknown[], unknown[]]>]>([
  [
    "an org without a template list",
    async () => {
      const plain = await startZap({ extensions: false });
      const both: [unknown[], unknown[]] = [
        await readFieldKeys({ template: "order_update" }, plain),
        await plain.run("triggers.template_list.operation.perform"),
      ];
      await plain.close();
      return both;
    },
  ],
  ["a name that is mapped or not listed", async () => [await readFieldKeys({ template: "{{1__name}}" }), []]],
])("with %s, language and values are typed", async (_what, read) => {
  const [keys, choices] = await read();
  expect(keys).toEqual(["to", "template", "language", "parameters", "components", "metadata", "clientReference"]);
  expect(choices).toEqual([]);
});

test("a revoked key says so in the editor too", async () => {
  const shown = await zap.failure("creates.send_template.operation.inputFields", {
    inputData: { template: "plain" },
    authData: { api_key: "onsync_pk_test_revoked", base_url: zap.url },
  });
  expect(shown.name).toBe("ExpiredAuthError");
});
