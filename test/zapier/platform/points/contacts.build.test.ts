/** On Zapier's build: contacts keep what they have, and take what a Zap maps as its user means it. */
import { describe, expect, test } from "@jest/globals";
import { judgeContacts } from "../../../../testing/zapier/judge.ts";
import { deliver, expectHalted, readContact, readDefaults, saveContact, useSteps } from "./steps.ts";

const steps = useSteps();
const save = "creates.save_contact";
const phone = "+971500000055";

describe("6: Find or Create", () => {
  test("never destroys what a contact has that the search missed", async () => {
    await saveContact(steps, { firstName: "Sara", phone, email: "sara@example.com", tags: ["vip"] });
    const before = steps.contacts();
    const searched = { phone, email: "omar@example.com" };
    expect(await steps.succeed("searches.find_contact", searched)).toEqual([]);
    const input = { ...searched, firstName: "Omar", tags: ["lead"] };
    const outcome = await steps.run(save, input, { bundle: { meta: { withSearch: "find_contact" } } });
    expect(judgeContacts(before, steps.contacts())).toEqual([]);
    expectHalted(outcome);
  });

  test("creates a contact that is nowhere", async () => {
    const created = await steps.succeed(
      save,
      { phone, firstName: "Omar" },
      { bundle: { meta: { withSearch: "find_contact" } } },
    );
    expect(created).toMatchObject({ firstName: "Omar", phone });
  });
});

describe("7: Contact Updated", () => {
  const trigger = "triggers.contact_updated";
  const update = async (id: string, event: string, input: object = {}) =>
    steps.succeed<Record<string, unknown>[]>(
      trigger,
      { ...(await defaults()), ...input },
      {
        bundle: deliver("contact.updated", await readContact(steps, id), event),
      },
    );
  const defaults = async () => readDefaults((await steps.definition()).triggers.contact_updated?.operation.inputFields);

  test("filters by what changed, or does not offer to", async () => {
    const fields = await steps.fields(trigger);
    if (!fields.some(({ key, hidden }) => key === "changed" && hidden !== true)) return;
    const id = await saveContact(steps, { firstName: "Sara", phone, email: "sara@example.com" });
    await update(id, "evt_1", { changed: ["email"] });
    await saveContact(steps, { phone, firstName: "Sarah" });
    expect(await update(id, "evt_2", { changed: ["email"] })).toEqual([]);
    await saveContact(steps, { phone, email: "sarah@example.com" });
    expect(await update(id, "evt_3", { changed: ["email"] })).toHaveLength(1);
  });

  test("does not trigger the Zap again that updated the contact itself", async () => {
    const id = await saveContact(steps, { firstName: "Sara", phone });
    expect(await update(id, "evt_1")).toHaveLength(1);
    await steps.succeed("creates.update_contact", { contactId: id, lastName: "Hussein" });
    expect(await update(id, "evt_2")).toEqual([]);
    await saveContact(steps, { phone, lastName: "Nasser" });
    expect(await update(id, "evt_3")).toHaveLength(1);
  });
});

describe("9: what a Zap maps into a field", () => {
  const saved = async (input: object) => {
    const outcome = await steps.run(save, { phone, ...input });
    return outcome.kind === "success" ? (outcome.output as Record<string, unknown>) : expectHalted(outcome);
  };
  const properties = () => JSON.parse(String(steps.contacts().find((row) => row.phone === phone)?.properties ?? "{}"));

  test("properties as JSON text are read, or refused by their label", async () => {
    const answer = await saved({ properties: '{"plan":"pro"}' });
    if (typeof answer === "string") expect(answer).toContain("Other Properties");
    else expect(properties()).toMatchObject({ plan: "pro" });
  });

  test("properties as a list are refused by their label", async () => {
    expect(await saved({ properties: ["pro"] })).toEqual(expect.stringContaining("Other Properties"));
    expect(properties()).toEqual({});
  });

  test("tags with a comma between them are several", async () => {
    expect(await saved({ tags: "lead, expo" })).toMatchObject({ tags: ["lead", "expo"] });
    expect(await saved({ tags: ["lead, expo"] })).toMatchObject({ tags: ["lead", "expo"] });
  });

  test("tags that are numbers are taken", async () => {
    expect(await saved({ tags: [2024, "expo"] })).toMatchObject({ tags: ["2024", "expo"] });
  });

  test("a space is no name", async () => {
    await saveContact(steps, { phone, firstName: "Sara" });
    expect(await saved({ firstName: " " })).toMatchObject({ firstName: "Sara" });
  });

  test("an external reference is trimmed", async () => {
    expect(await saved({ externalId: " crm_1 " })).toMatchObject({ externalId: "crm_1" });
  });
});

describe("10: Find Contact", () => {
  test.each<[string, Record<string, unknown>]>([
    ["phone", { phone }],
    ["e-mail", { email: "sara@example.com" }],
    ["external reference", { externalId: "crm_1" }],
    ["id", { contactId: "contact_01JGDNWSW8" }],
  ])("does not give a stranger where an API ignores the %s", async (_, input) => {
    const now = "2024-12-01T10:00:00.000Z";
    const envelope = { requestId: "req_1", timestamp: now };
    const stranger = {
      id: "contact_01JGDNWSW9",
      phone: "+971500000099",
      orgId: "org_1",
      properties: {},
      tags: [],
      createdAt: now,
    };
    const trouble = {
      api: (_count: number, { path }: { path: string }) => {
        const body = /contacts\?|contacts$/.test(path) ? { data: [stranger], nextCursor: null } : stranger;
        return { kind: "other answer", status: 200, body: { ...body, ...envelope } } as const;
      },
    };
    expect(await steps.succeed("searches.find_contact", input, { trouble })).toEqual([]);
  });
});

describe("12: a phone number as a person types it", () => {
  test.each([
    ["with the zero of national calls", "+44 (0)20 7946 0018", "+442079460018"],
    ["with 00 for +", "00971500000009", "+971500000009"],
    ["in Arabic-Indic digits", "+٩٧١٥٠٠٠٠٠٠٠٨", "+971500000008"],
    ["between invisible marks", "\u202a+971500000007\u202c", "+971500000007"],
    ["with hard spaces and dashes", "+971\u00a050\u2011000\u20110006", "+971500000006"],
  ])("%s is the number that is meant", async (_, typed, meant) => {
    expect(await steps.succeed(save, { phone: typed })).toMatchObject({ phone: meant });
    expect(await steps.succeed<object[]>("searches.find_contact", { phone: typed })).toMatchObject([{ phone: meant }]);
  });

  test("is refused where no country can be told, never guessed", async () => {
    expectHalted(await steps.run(save, { phone: "050 000 0006" }));
    expectHalted(await steps.run(save, { phone: "+1234" }));
  });
});
