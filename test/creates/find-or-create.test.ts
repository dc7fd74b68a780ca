/** Create or Update Contact as the second half of Find or Create: it makes what was not found, and changes nothing that is there. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const sara = { phone, email: "sara@example.com", externalId: "crm_8740", firstName: "Sara", tags: ["vip"] };

/** As Zapier runs the create after a search that found nothing. */
const afterMiss = { meta: { withSearch: "find_contact" } };

function createAfterMiss(inputData: Row): Promise<Row> {
  return zap.create("save_contact", inputData, afterMiss);
}

function fail(inputData: Row, from = zap) {
  return from.failure("creates.save_contact.operation.perform", { inputData, ...afterMiss });
}

async function stored(id: unknown): Promise<Row> {
  return (await zap.search("find_contact", { contactId: id }))[0] as Row;
}

test("a contact whose phone matches and whose email is another is left as it is, and named", async () => {
  const before = await zap.create("save_contact", sara);
  const input = { phone, email: "omar@example.com", firstName: "Omar", tags: ["lead"] };
  expect(await zap.search("find_contact", input)).toEqual([]);
  const shown = await fail(input);
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toBe(
    `Nothing was changed: contact ${before.id} has this Phone, but another Email. Use Update Contact with it, or search by Phone alone.`,
  );
  expect(shown.text.length).toBeLessThanOrEqual(250);
  expect(await stored(before.id)).toMatchObject({ ...sara, updatedAt: before.updatedAt });
});

test.each<[string, Row, string]>([
  ["by email, without a phone", { email: "SARA@example.com", phone: "+971511111111" }, "this Email, but another Phone"],
  [
    "by external reference",
    { externalId: "crm_8740", email: "x@example.com" },
    "this External Reference, but another Email",
  ],
])("a contact that matches %s is left as it is", async (_what, input, difference) => {
  const { id } = await zap.create("save_contact", sara);
  expect((await fail(input)).text).toContain(`contact ${id} has ${difference}`);
  expect(await stored(id)).toMatchObject(sara);
});

test("a contact that lacks what was asked for besides is left as it is too", async () => {
  const { id } = await zap.create("save_contact", { phone, firstName: "Sara" });
  expect((await fail({ phone, email: "sara@example.com" })).text).toContain(
    `contact ${id} has this Phone, but no Email`,
  );
  expect(await stored(id)).toMatchObject({ email: null });
});

test("identifiers of two contacts: both are named, and neither is changed", async () => {
  const one = await zap.create("save_contact", { phone });
  const other = await zap.create("save_contact", { email: "omar@example.com" });
  const shown = await fail({ phone, email: "omar@example.com", firstName: "Omar" });
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toContain(`${one.id} has this Phone`);
  expect(shown.text).toContain(`${other.id} has this Email`);
  expect(await stored(one.id)).toMatchObject({ firstName: null });
});

test("where there is none, it is created", async () => {
  expect(await createAfterMiss(sara)).toMatchObject({ name: "Sara", phone, created: true, warning: null });
});

test("it costs a request for each identifier, and one to create", async () => {
  await createAfterMiss(sara);
  expect(zap.logs.filter((line) => /(GET|POST) \/contacts: /.test(line))).toHaveLength(4);
  zap.logs.length = 0;
  await createAfterMiss({ phone: "+971511111111" });
  expect(zap.logs.filter((line) => /(GET|POST) \/contacts: /.test(line))).toHaveLength(2);
});

test("a contact that another run created meanwhile is the answer, as it is", async () => {
  const first = await createAfterMiss(sara);
  expect(await createAfterMiss({ ...sara, firstName: "Omar", tags: ["lead"] })).toMatchObject({
    id: first.id,
    firstName: "Sara",
    tags: ["vip"],
    created: false,
    warning: null,
  });
});

test("a contact that appears between the look and the save is told in the warning", async () => {
  await zap.reference.control.faults.add({
    method: "GET",
    path: "/v1/contacts",
    status: 200,
    times: 1,
    body: { data: [], nextCursor: null, requestId: "req_1", timestamp: "2024-12-01T10:00:00.000Z" },
  });
  await zap.create("save_contact", { phone, firstName: "Sara" });
  expect(await createAfterMiss({ phone, lastName: "Hussein" })).toMatchObject({
    created: false,
    warning: expect.stringContaining("at the same moment"),
  });
});

test("where contacts cannot be searched, nothing is created that could overwrite one", async () => {
  const plain = await startZap({ extensions: false });
  const before = await plain.create("save_contact", { phone, firstName: "Sara" });
  const shown = await fail({ phone, firstName: "Omar" }, plain);
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toContain("Nothing was changed");
  expect(await plain.search("find_contact", { contactId: before.id })).toMatchObject([{ firstName: "Sara" }]);
  await plain.close();
});

test("without a search before it, the action updates as it says", async () => {
  const { id } = await zap.create("save_contact", sara);
  expect(await zap.create("save_contact", { phone, firstName: "Omar" })).toMatchObject({ id, firstName: "Omar" });
});
