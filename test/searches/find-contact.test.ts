import { afterEach, beforeEach, expect, test } from "@jest/globals";
import App from "../../index.ts";
import type { FaultInput } from "../../reference/index.ts";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

const sara = { phone, email: "Sara@Example.com", externalId: "crm_8740", firstName: "Sara" };

test.each<[string, Row]>([
  ["phone", { phone: "+971 50 000 0000" }],
  ["email, in any case", { email: "sara@example.COM" }],
  ["external reference", { externalId: "crm_8740" }],
  ["several that all match", { phone, email: "sara@example.com" }],
])("a contact is found by %s", async (_what, input) => {
  const { id } = await zap.create("save_contact", sara);
  expect(await zap.search("find_contact", input)).toMatchObject([{ id, name: "Sara" }]);
});

test("a contact is found by id, which needs no extension; other fields that are filled in must match too", async () => {
  const plain = await startZap({ extensions: false });
  const { id } = await plain.create("save_contact", sara);
  expect(await plain.search("find_contact", { contactId: id })).toMatchObject([{ id, name: "Sara" }]);
  expect(await plain.search("find_contact", { contactId: id, phone })).toHaveLength(1);
  expect(await plain.search("find_contact", { contactId: id, phone: "+971511111111" })).toEqual([]);
  await plain.close();
});

test("a contact with another id than the one asked for is somebody else", async () => {
  const { id: stranger } = await zap.create("save_contact", sara);
  const body = { id: String(stranger), ...sara };
  await zap.reference.control.faults.add({ method: "GET", path: "/v1/contacts/*", status: 200, body });
  expect(await zap.search("find_contact", { contactId: "contact_wanted" })).toEqual([]);
});

test("a miss is empty, so that Find or Create creates", async () => {
  expect(await zap.search("find_contact", { phone })).toEqual([]);
  expect(await zap.search("find_contact", { contactId: "contact_unknown" })).toEqual([]);
  const { search, create } = App.searchOrCreates?.find_contact ?? { search: "", create: "" };
  expect(await zap.search(search, { phone, firstName: "Sara" })).toEqual([]);
  const { id } = await zap.create(create, { phone, firstName: "Sara" });
  expect(await zap.search(search, { phone, firstName: "Sara" })).toMatchObject([{ id }]);
});

test("every field that find and create share has the same key and label", () => {
  const of = (fields: unknown) => new Map((fields as Row[]).map(({ key, label }) => [key, label]));
  const create = of(App.creates.save_contact?.operation.inputFields);
  for (const [key, label] of of(App.searches.find_contact?.operation.inputFields))
    if (key !== "contactId") expect(create.get(key)).toBe(label);
});

test("without any field it says what is needed", async () => {
  const shown = await zap.failure("searches.find_contact.operation.perform", { inputData: { phone: "" } });
  expect(shown).toMatchObject({
    name: "HaltedError",
    text: "OnSync cannot take this. Fill in at least one of Phone, Email, External Reference and Contact.",
  });
});

/** An API that ignores `?phone=`: whatever is asked for, it answers with these. */
function answerEverySearchWith(data: Row[], nextCursor: string | null = null) {
  const envelope = { requestId: "req_1", timestamp: "2024-12-01T10:00:00.000Z" };
  return zap.reference.control.faults.add({
    method: "GET",
    path: "/v1/contacts",
    status: 200,
    body: { data, nextCursor, ...envelope } as FaultInput["body"],
  });
}

const times = { createdAt: "2024-12-01T10:00:00.000Z", updatedAt: "2024-12-01T10:00:00.000Z" };
const stranger = { id: "contact_stranger", phone: "+971522222222", tags: [], properties: {}, orgId: "org_1", ...times };

test.each<[string, Row]>([
  ["phone", { phone }],
  ["email", { email: "sara@example.com" }],
  ["external reference", { externalId: "crm_8740" }],
])("a stranger is not returned where the API ignores the filter by %s", async (_what, input) => {
  await answerEverySearchWith([stranger]);
  expect(await zap.search("find_contact", input)).toEqual([]);
});

test("among strangers the contact asked for is found", async () => {
  const wanted = { ...stranger, id: "contact_sara", phone, properties: { externalId: 8740 } };
  await answerEverySearchWith([stranger, wanted]);
  expect(await zap.search("find_contact", { phone, externalId: "8740" })).toMatchObject([{ id: "contact_sara" }]);
});

test("a page of strangers with more behind it is no miss", async () => {
  await answerEverySearchWith([stranger], "more");
  const shown = await zap.failure("searches.find_contact.operation.perform", { inputData: { phone } });
  expect(shown.text).toContain("whether it has the one you look for cannot be told");
  expect(shown.text.length).toBeLessThanOrEqual(250);
});
