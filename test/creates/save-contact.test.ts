import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

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
