/**
 * Whoever may not change where a contact is reached tries to, by any arguments in any order and at the same time: each
 * customer who was there before stays reached, and found, as before.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createAddressCheck } from "../../../mcp/safety/contact-addresses.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { type Contact, type ContactInput, samples } from "../../../src/api/index.ts";
import { ExtensionUnavailableError } from "../../../src/client/errors/index.ts";
import { createMemoryLedger, type OnSync } from "../../../src/client/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect, envelope, everyToolset, scripted } from "../session.ts";

const customers: ContactInput[] = [
  { phone: "+971500000001", email: "sara@example.com", properties: { externalId: "crm_1", telegramId: "482910377" } },
  { phone: "+971500000002", properties: { backup: "+971500000009" } },
  { email: "omar@example.com", properties: { externalId: "crm_3", order: 1187 } },
];

const phones = ["+971500000001", "+971 50 000 0002", "(+971) 500-000-666", "+971500000777", null, "", "482910377"];
const emails = ["sara@example.com", " SARA@Example.com", "omar@example.com", "mallory@example.com", null, ""];
const externalIds = ["crm_1", "crm_3", "crm_666", " crm_1", null, 3];
const cleared = [
  "phone",
  "email",
  "properties.externalId",
  "properties.backup",
  "properties.telegramId",
  "lastName",
  "tags",
];
const names = ["externalId", "ExternalId", "telegramId", "backup", "order", "note", "phone", "Mobile number"];
const values = ["crm_666", "+971500000666", "mallory@example.com", "telegram:666", "blue", 1188, true, null];

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const properties = fc.oneof(
  fc.record({ externalId: fc.constantFrom(...externalIds) }),
  fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...values), { maxKeys: 3 }),
  fc.constant(null),
);
const fields = {
  firstName: optional(fc.constantFrom("Sara", "Mallory")),
  phone: optional(fc.constantFrom(...phones)),
  email: optional(fc.constantFrom(...emails)),
  properties: optional(properties),
  tags: optional(fc.constant(["vip"])),
};
const calls = fc.oneof(
  fc.record({ tool: fc.constant("save_contact"), args: fc.record(fields) }),
  fc.record({
    tool: fc.constant("update_contact"),
    contact: fc.nat(5),
    args: fc.record({ ...fields, clear: optional(fc.subarray(cleared)) }),
  }),
);

/** Where a contact is reached and what it is found by. An e-mail address is the same in any case (docs/contract.md). */
function addressesOf({ id, phone, email, properties }: Contact) {
  const { externalId, telegramId, backup } = properties ?? {};
  // Under a name that says nothing, what counts is that no other address comes in.
  const isOther = /^\+|@|^\w+:/.test(String(backup)) && backup !== "+971500000009";
  return { id, phone, email: email?.toLowerCase(), externalId, telegramId, other: isOther ? backup : undefined };
}

const restrictions: SafetySettings[] = [
  { send: "off" },
  { send: "confirm" },
  { send: "person" },
  { redactPii: true },
  { allowRecipients: ["+9715*"] },
];

test.each(restrictions)(
  "with %j no sequence of calls changes where customers are reached or what they are found by",
  async (safety) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(calls, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
        // It stands for one that lasts.
        const ledger = { ...createMemoryLedger(), durable: true };
        await using pair = await onsyncPair({}, { ledger });
        const { onsync } = pair;
        const ids: string[] = [];
        for (const customer of customers) ids.push((await onsync.contacts.save(customer)).id);
        const look = async () => (await Promise.all(ids.map((id) => onsync.contacts.get(id)))).map(addressesOf);
        const before = await look();
        await using session = await connect({ onsync, safety: { ...safety, ...everyToolset }, ledger });
        for (const round of rounds)
          await Promise.all(
            round.map((call) =>
              session
                .call(
                  call.tool,
                  "contact" in call ? { ...call.args, contactId: ids[call.contact] ?? "contact_1" } : call.args,
                )
                .catch(() => {}),
            ),
          );
        expect(await look()).toEqual(before);
        for (const { phone, email, properties } of customers)
          for (const found of [{ phone }, { email }, { externalId: properties?.externalId }]) {
            if (Object.values(found)[0] === undefined) continue;
            expect((await onsync.contacts.list(found)).data.map(({ id }) => ids.includes(id))).toEqual([true]);
          }
      }),
      { numRuns: 12 },
    );
  },
);

test("what is not restricted goes through: new contacts with several addresses, and the same again", async () => {
  await using pair = await onsyncPair();
  await using session = await connect({ onsync: pair.onsync, safety: { send: "off" } });
  const lead = {
    phone: "+971500000003",
    email: "lead@example.com",
    properties: { externalId: "crm_4", source: "expo" },
  };
  for (const created of [true, false]) expect((await session.call("save_contact", lead)).data.created).toBe(created);
  const id = (await session.call("find_contacts", { phone: lead.phone })).data.data[0].id;
  expect(
    (await session.call("update_contact", { contactId: id, tags: ["expo"], properties: { order: 7 } })).isError,
  ).toBe(false);
});

test("where contacts cannot be looked up, one address at a time is taken, and several are refused", async () => {
  const list = async () => {
    throw new ExtensionUnavailableError("none", { extension: "GET /contacts" });
  };
  const save = async () => ({ ...samples.contact, ...envelope, created: true });
  await using session = await connect({ onsync: scripted({ contacts: { list, save } }), safety: { send: "off" } });
  expect((await session.call("save_contact", { phone: "+971500000003" })).isError).toBe(false);
  const refused = await session.call("save_contact", { phone: "+971500000003", email: "lead@example.com" });
  expect(refused.error?.code).toBe("address_fixed");
  expect(refused.text).toContain("give one of phone, email and properties.externalId");
});

test("an API that overlooks the filter of a search is not taken at its word", async () => {
  const list = async () => ({ data: [{ ...samples.contact, phone: "+15550000000" }], nextCursor: null, ...envelope });
  const check = createAddressCheck(scripted({ contacts: { list } }));
  expect(await check({ phone: "+971500000003", email: "lead@example.com" }, undefined)).toContain(
    "cannot be looked up",
  );
});

test("an address that is there already in other letters is no other: the same contact is saved again", async () => {
  const contact = { ...samples.contact, phone: "+971500000003", email: "lead@example.com" };
  const list: OnSync["contacts"]["list"] = async (query) => ({
    data: query?.email === undefined && query?.phone?.endsWith("4") ? [] : [contact],
    nextCursor: null,
    ...envelope,
  });
  const check = createAddressCheck(scripted({ contacts: { list } }));
  expect(await check({ phone: "+971 50 000 0003", email: "Lead@Example.com" }, undefined)).toBeUndefined();
  expect(await check({ phone: "+971 50 000 0004", email: "lead@example.com" }, undefined)).toContain("another phone");
});

test("all properties cleared at once are refused by their name, since an address may be among them", async () => {
  const check = createAddressCheck(scripted({}));
  expect(await check({ contactId: "contact_1", properties: null }, undefined)).toBe("properties: leave it out.");
  expect(await check({ contactId: "contact_1", clear: ["properties.telegramId", "lastName"] }, undefined)).toBe(
    "properties.telegramId: leave it out.",
  );
});
