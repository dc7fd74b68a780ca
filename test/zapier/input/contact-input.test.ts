/** What a Zap maps into the fields of a contact, in every form that mapping gives it, is read as its user means it, or refused. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { operations } from "../../../src/operations/index.ts";
import { readContactInput } from "../../../zapier/input/contact-fields.ts";
import { type Row, startZap, type Zap } from "../harness.ts";

const phone = "+971500000000";

function read(inputData: Row): Row {
  return readContactInput(operations.save_contact.input, { phone, ...inputData });
}

const known = { vip: "yes", visits: 3, active: false };

/** As it is mapped, and as it is meant. `undefined`: as if the field were left blank. */
const meanings: [what: string, mapped: Row, meant: Row][] = [
  ["tags with commas", { tags: "lead, expo" }, { tags: ["lead", "expo"] }],
  ["tags with commas in the one row of a list", { tags: ["lead, expo"] }, { tags: ["lead", "expo"] }],
  ["tags with commas in Arabic and in Chinese", { tags: "عميل، معرض，vip" }, { tags: ["عميل", "معرض", "vip"] }],
  ["tags on lines of their own", { tags: "lead\nexpo\r\n" }, { tags: ["lead", "expo"] }],
  ["tags in several rows, one with a comma in it", { tags: ["Dubai, UAE", "lead"] }, { tags: ["Dubai, UAE", "lead"] }],
  ["one tag with a comma, as a JSON list", { tags: '["Dubai, UAE"]' }, { tags: ["Dubai, UAE"] }],
  ["numbers as tags", { tags: [2024, 7] }, { tags: ["2024", "7"] }],
  ["one number as a tag", { tags: 2024 }, { tags: ["2024"] }],
  ["tags with blanks among them", { tags: ["lead", "", " ", null, " expo "] }, { tags: ["lead", "expo"] }],
  ["no tags but blanks", { tags: [" ", ","] }, { tags: undefined }],
  [
    "a name of white space",
    { firstName: " ", lastName: "\u00a0\u200b" },
    { firstName: undefined, lastName: undefined },
  ],
  ["a name with white space around it", { firstName: " Sara\n" }, { firstName: "Sara" }],
  ["a name in a list of one", { firstName: ["Sara"] }, { firstName: "Sara" }],
  ["a number as a name", { firstName: 0 }, { firstName: "0" }],
  ["an email with invisible marks", { email: "\u200esara@example.com\u200b " }, { email: "sara@example.com" }],
  ["a channel in capitals", { channel: " Instagram" }, { channel: "instagram" }],
  ["an external reference with white space", { externalId: " crm_8740\n" }, { properties: { externalId: "crm_8740" } }],
  ["a number as external reference", { externalId: 8740 }, { properties: { externalId: "8740" } }],
  ["properties as a map", { properties: known }, { properties: known }],
  ["properties as JSON text", { properties: JSON.stringify(known) }, { properties: known }],
  [
    "properties as line items",
    { properties: Object.entries(known).map(([name, value]) => ({ name, value })) },
    { properties: known },
  ],
  [
    "properties as line items with keys",
    { properties: Object.entries(known).map(([key, value]) => ({ key, value })) },
    { properties: known },
  ],
  ["properties as a map in a list of one", { properties: [known] }, { properties: known }],
  ["blank properties", { properties: { vip: " ", "": "x", plan: null, visits: 0 } }, { properties: { visits: 0 } }],
  ["an empty map as JSON text", { properties: " {} " }, { properties: undefined }],
  ["a known property that is a number", { properties: { externalId: 8740 } }, { properties: { externalId: "8740" } }],
];

test.each(meanings)("%s: %j means %j", (_what, mapped, meant) => {
  expect(read(mapped)).toEqual(
    Object.fromEntries(Object.entries({ phone, ...meant }).filter(([, value]) => value !== undefined)),
  );
});

const tag = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/[,،，\r\n[\]"]|\p{Cf}/gu, "").trim())
  .filter((text) => /\S/u.test(text));
const value = fc.oneof(
  fc.string({ minLength: 1, maxLength: 10 }).filter((text) => /[a-z]/.test(text)),
  fc.integer(),
  fc.boolean(),
);
const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((each) => !["source", "language"].includes(each));

test("property: tags mean the same in every form that they are mapped in", () => {
  fc.assert(
    fc.property(fc.uniqueArray(tag, { minLength: 2, maxLength: 6 }), (tags) => {
      for (const mapped of [
        tags,
        tags.join(","),
        tags.join(" , "),
        [tags.join(", ")],
        tags.join("\n"),
        JSON.stringify(tags),
      ])
        expect(read({ tags: mapped })).toEqual({ phone, tags });
    }),
  );
});

test("property: properties mean the same in every form that they are mapped in", () => {
  fc.assert(
    fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true }), (properties) => {
      const items = Object.entries(properties).map(([key, each]) => ({ name: key, value: each }));
      for (const mapped of [properties, JSON.stringify(properties), items, JSON.stringify(items)])
        expect(read({ properties: mapped })).toEqual({ phone, properties });
    }),
  );
});

describe("what cannot be read is refused with the field's label, and nothing is sent", () => {
  let zap: Zap;
  beforeAll(async () => {
    zap = await startZap();
  });
  afterAll(() => zap.close());

  const give = "must be names and values";
  test.each<[string, Row, string]>([
    ["a list of texts as properties", { properties: ["a", "b"] }, `Other Properties: ${give}`],
    ["a list as JSON text", { properties: '["a"]' }, `Other Properties: ${give}`],
    ["a text that is no JSON", { properties: "vip" }, `Other Properties: ${give}`],
    ["broken JSON", { properties: '{"vip": ' }, `Other Properties: ${give}`],
    ["a number as properties", { properties: 5 }, `Other Properties: ${give}`],
    ["line items without values", { properties: [{ name: "vip" }, { sku: 1 }] }, `Other Properties: ${give}`],
    [
      "line items that name a property twice",
      {
        properties: [
          { name: "vip", value: 1 },
          { name: "vip", value: 2 },
        ],
      },
      "Other Properties: names vip twice",
    ],
    [
      "a list as a property",
      { properties: { vip: ["a"] } },
      "Other Properties: vip must be a text, a number or yes or no",
    ],
    [
      "a map as a property",
      { properties: { vip: { a: 1 } } },
      "Other Properties: vip must be a text, a number or yes or no",
    ],
    ["a map as a tag", { tags: [{ name: "lead" }, "x"] }, "Tags: "],
    ["two names in one field", { firstName: ["Sara", "Omar"] }, "First Name: "],
    ["a channel that there is not", { channel: "myspace" }, "Channel: must be one of whatsapp"],
  ])("%s", async (_what, inputData, text) => {
    const shown = await zap.failure("creates.save_contact.operation.perform", { inputData: { phone, ...inputData } });
    expect(shown.name).toBe("HaltedError");
    expect(shown.text).toContain(text);
    expect(shown.text.length).toBeLessThanOrEqual(250);
    expect(zap.logs.join("")).not.toContain("/contacts");
  });

  test("the other steps read their fields alike", async () => {
    const { id } = await zap.create("save_contact", { phone, externalId: " crm_1 ", tags: "lead, expo" });
    expect(await zap.search("find_contact", { externalId: "crm_1 " })).toMatchObject([{ id, tags: ["lead", "expo"] }]);
    expect(await zap.create("add_tags", { contactId: ` ${id} `, tags: "vip, 2024" })).toMatchObject({
      changedTags: ["vip", "2024"],
    });
    expect(await zap.create("remove_tags", { contactId: id, tags: ["lead,expo"] })).toMatchObject({
      tags: ["vip", "2024"],
    });
    expect(
      await zap.create("update_contact", { contactId: id, firstName: " ", properties: '{"vip": true}' }),
    ).toMatchObject({ firstName: null, properties: { vip: true } });
  });
});
