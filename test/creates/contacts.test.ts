import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

async function stored(id: unknown): Promise<Row> {
  return (await zap.search("find_contact", { contactId: id }))[0] as Row;
}

describe("Create or Update Contact", () => {
  test("creates with every field, and updates the same contact after that", async () => {
    const created = await zap.create("save_contact", {
      phone: "+971 (50) 000-0000",
      email: "sara@example.com",
      externalId: "crm_8740",
      firstName: "Sara",
      lastName: "Hussein",
      tags: ["lead", "expo"],
      channel: "instagram",
      source: "Expo booth",
      language: "en",
      properties: { vip: "yes" },
    });
    expect(created).toMatchObject({
      name: "Sara Hussein",
      phone,
      externalId: "crm_8740",
      source: "Expo booth",
      language: "en",
      properties: { vip: "yes" },
      tags: ["lead", "expo"],
      channel: "instagram",
      created: true,
      createdAt: expect.stringMatching(/^\d{4}-.+Z$/),
    });
    const updated = await zap.create("save_contact", { externalId: "crm_8740", firstName: "Sarah" });
    expect(updated).toMatchObject({ id: created.id, name: "Sarah Hussein", created: false, source: "Expo booth" });
  });

  test("blank fields are left out: they clear nothing", async () => {
    await zap.create("save_contact", {
      phone,
      lastName: "Hussein",
      tags: ["lead"],
      source: "Expo",
      properties: { vip: "yes" },
    });
    const again = await zap.create("save_contact", {
      phone,
      email: "",
      lastName: "",
      tags: [],
      source: null,
      properties: { vip: "", "": "" },
    });
    expect(again).toMatchObject({
      lastName: "Hussein",
      tags: ["lead"],
      source: "Expo",
      properties: { vip: "yes" },
      created: false,
    });
  });

  test("falsy input is input: a mapped 0 is kept", async () => {
    expect(
      await zap.create("save_contact", { phone, firstName: 0, properties: { visits: 0, active: false } }),
    ).toMatchObject({
      firstName: "0",
      properties: { visits: 0, active: false },
    });
  });

  test("known properties may come among the others, and a field goes before them", async () => {
    expect(
      await zap.create("save_contact", { properties: { externalId: "crm_1", source: "list" }, source: "field" }),
    ).toMatchObject({ externalId: "crm_1", source: "field" });
  });

  test("without phone, email and external reference it says what is needed", async () => {
    const shown = await zap.failure("creates.save_contact.operation.perform", { inputData: { firstName: "Sara" } });
    expect(shown.text).toContain("Fill in at least one of Phone, Email and External Reference");
  });
});

describe("Update Contact", () => {
  test("changes what is filled in, leaves what is blank, clears what is asked for", async () => {
    const { id } = await zap.create("save_contact", {
      phone,
      firstName: "Sara",
      lastName: "Hussein",
      source: "Expo",
      language: "en",
      properties: { vip: "yes" },
    });
    const updated = await zap.create("update_contact", {
      contactId: id,
      firstName: "Sarah",
      email: "",
      language: "ar",
      clear: ["lastName", "properties.source", "properties.vip"],
    });
    expect(updated).toMatchObject({
      name: "Sarah",
      lastName: null,
      phone,
      language: "ar",
      source: null,
      properties: {},
    });
    expect(await stored(id)).toMatchObject({ name: "Sarah", source: null });
  });

  test("an identifier of another contact: nothing changes, and the other is named", async () => {
    const one = await zap.create("save_contact", { phone });
    const other = await zap.create("save_contact", { email: "sara@example.com" });
    const shown = await zap.failure("creates.update_contact.operation.perform", {
      inputData: { contactId: other.id, phone },
    });
    expect(shown).toMatchObject({ code: "duplicate", text: expect.stringContaining(String(one.id)) });
    expect(await stored(other.id)).toMatchObject({ phone: null });
  });
});

describe("tags", () => {
  test("adding keeps those it has, removing keeps the others", async () => {
    const { id } = await zap.create("save_contact", { phone, tags: ["lead"] });
    expect(await zap.create("add_tags", { contactId: id, tags: ["expo", "lead"] })).toMatchObject({
      tags: ["lead", "expo"],
      changedTags: ["expo"],
      warning: null,
    });
    expect(await zap.create("remove_tags", { contactId: id, tags: ["lead", "vip"] })).toMatchObject({
      tags: ["expo"],
      changedTags: ["lead"],
      warning: null,
    });
  });

  test("one tag that is not in a list will do; no tag says so", async () => {
    const { id } = await zap.create("save_contact", { phone });
    expect(await zap.create("add_tags", { contactId: id, tags: "expo" })).toMatchObject({ tags: ["expo"] });
    const shown = await zap.failure("creates.add_tags.operation.perform", {
      inputData: { contactId: id, tags: ["", null] },
    });
    expect(shown.text).toContain("Tags: ");
  });

  test("two at once: no tag is lost silently", async () => {
    const { id } = await zap.create("save_contact", { phone });
    const results = await Promise.all(
      ["a", "b", "c"].map((tag) => zap.create("add_tags", { contactId: id, tags: [tag] })),
    );
    const { tags } = await stored(id);
    const lost = ["a", "b", "c"].filter((tag) => !(tags as string[]).includes(tag));
    const warned = results.some(({ warning }) => warning !== null);
    expect(lost.length === 0 || warned).toBe(true);
  });

  test("steps on one contact run one after the other", async () => {
    const { default: App } = await import("../../index.ts");
    const lock = { key: "tags-{{bundle.inputData.contactId}}", scope: ["auth"] };
    expect(App.creates.add_tags?.operation).toMatchObject({ lock });
    expect(App.creates.remove_tags?.operation).toMatchObject({ lock });
  });
});
