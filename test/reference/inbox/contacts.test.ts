/** Contacts beyond the documentation's examples: the upsert, search and its pages, events. */
import { describe, expect, test } from "@jest/globals";
import { type Body, hour, start, still } from "../caller.ts";

describe("the upsert", () => {
  test("finds the contact by phone, by e-mail in any case, by external id", async () => {
    await using api = still();
    const { body: contact } = await api.call("POST", "/v1/contacts", {
      phone: "+971500000000",
      email: "Sara@Example.com",
      properties: { externalId: "crm_8740" },
    });
    for (const identifier of [
      { phone: "+971 50-000.0000" },
      { email: "sara@EXAMPLE.com" },
      { properties: { externalId: "crm_8740" } },
    ]) {
      const { status, body } = await api.call("POST", "/v1/contacts", identifier);
      expect(status).toBe(200);
      expect(body.id).toBe(contact.id);
    }
    expect((await api.call("POST", "/v1/contacts", { properties: { externalId: "CRM_8740" } })).status).toBe(201);
  });

  test("given fields overwrite, properties merge, tags replace, absent fields stay", async () => {
    await using api = still();
    const first = {
      firstName: "Sara",
      lastName: "Hussein",
      phone: "+971500000000",
      email: "sara@example.com",
      tags: ["lead", "expo"],
      channel: "instagram",
      properties: { source: "Expo booth", language: "en", visits: 1 },
    };
    const { body: saved } = await api.call("POST", "/v1/contacts", first);
    await api.later(hour);
    const { body } = await api.call("POST", "/v1/contacts", {
      phone: "+971500000000",
      lastName: "Haddad",
      tags: ["customer"],
      properties: { visits: 2, externalId: "crm_1" },
    });
    expect(body).toMatchObject({
      ...first,
      id: saved.id,
      lastName: "Haddad",
      tags: ["customer"],
      properties: { source: "Expo booth", language: "en", visits: 2, externalId: "crm_1" },
      createdAt: saved.createdAt,
      updatedAt: new Date(start + hour).toISOString(),
    });
  });

  test("one identifier that is known brings the others along", async () => {
    await using api = still();
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.call("POST", "/v1/contacts", { phone: "+971500000000", email: "sara@example.com" });
    const { body } = await api.call("POST", "/v1/contacts", { email: "sara@example.com", firstName: "Sara" });
    expect(body).toMatchObject({ id: contact.id, phone: "+971500000000", firstName: "Sara" });
  });

  test("an identifier that was given up is free again", async () => {
    await using api = still();
    const { body: one } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.call("PATCH", `/v1/contacts/${one.id}`, { phone: null });
    const other = await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(one.id);
  });

  test("a change of nothing keeps updatedAt, by POST and by PATCH", async () => {
    await using api = still();
    const input = { firstName: "Sara", phone: "+971500000000", tags: ["a"], properties: { x: 1 } };
    const { body: saved } = await api.call("POST", "/v1/contacts", input);
    await api.later(hour);
    const again = await api.call("POST", "/v1/contacts", { ...input, properties: { x: 1 } });
    const patched = await api.call("PATCH", `/v1/contacts/${saved.id}`, { lastName: null, properties: { y: null } });
    const empty = await api.call("PATCH", `/v1/contacts/${saved.id}`, {});
    for (const { status, body } of [again, patched, empty]) {
      expect(status).toBe(200);
      expect(body.updatedAt).toBe(saved.updatedAt);
    }
  });

  test("keys that mean something to JavaScript are only keys", async () => {
    await using api = still();
    const raw = '{"phone":"+971500000000","properties":{"toString":"b","hasOwnProperty":"c"}}';
    const { status, body } = await api.call("POST", "/v1/contacts", undefined, { raw });
    expect(status).toBe(201);
    expect(Object.keys(body.properties)).toEqual(["toString", "hasOwnProperty"]);
  });

  test("what is stored is what was answered, zero bytes and all", async () => {
    await using api = still();
    const raw = '{"phone":"+971500000000","firstName":"Sara","lastName":"a\\u0000b","tags":["\\ud83d\\ude00"]}';
    const { body: saved } = await api.call("POST", "/v1/contacts", undefined, { raw });
    expect(saved).toMatchObject({ firstName: "Sara", lastName: "a\0b", tags: ["😀"] });
    expect((await api.call("GET", `/v1/contacts/${saved.id}`)).body).toMatchObject({
      firstName: saved.firstName,
      lastName: saved.lastName,
      tags: saved.tags,
    });
  });
});

describe("GET /contacts", () => {
  const people = [
    { firstName: "Sara", lastName: "Hussein", phone: "+971500000001", email: "sara@example.com" },
    { firstName: "Zoë", lastName: "Saramago", phone: "+351912345678", email: "zoe@example.org" },
    { firstName: "عمر", lastName: "ناصر", phone: "+971500000003", properties: { externalId: "crm 3" } },
  ];
  const names = (body: Body): string[] => body.data.map((contact: Body) => contact.firstName);

  test.each([
    ["phone, as people type it", "phone=%2B351+912-345-678", ["Zoë"]],
    ["phone, its plus sign not encoded", "phone=+971500000001", ["Sara"]],
    ["email, in any case", "email=ZOE@example.ORG", ["Zoë"]],
    ["externalId", "externalId=crm%203", ["عمر"]],
    ["two filters narrow together", "phone=%2B971500000001&email=sara@example.com", ["Sara"]],
    ["two filters that contradict", "phone=%2B971500000001&email=zoe@example.org", []],
    ["query: the beginning of a word, in any case", "query=SARA", ["Zoë", "Sara"]],
    ["query: several words, all of them", "query=sara%20hus", ["Sara"]],
    ["query: without accents", "query=zoe", ["Zoë"]],
    ["query: another script", "query=%D8%B9%D9%85%D8%B1", ["عمر"]],
    ["query: an e-mail address", "query=sara@example.com", ["Sara"]],
    ["query: a phone number", "query=%2B9715", ["عمر", "Sara"]],
    ["query: signs that mean something to full-text search", "query=%22%20OR%20NEAR(*", []],
    ["query: signs alone", "query=%22*%22", []],
    ["query with a filter", "query=sara&email=zoe@example.org", ["Zoë"]],
    ["nothing found", "phone=%2B10000000", []],
    ["no filter: newest first", "", ["عمر", "Zoë", "Sara"]],
  ])("%s", async (_what, query, expected) => {
    await using api = still();
    for (const person of people) await api.call("POST", "/v1/contacts", person);
    const { status, body } = await api.call("GET", `/v1/contacts?${query}`);
    expect(status).toBe(200);
    expect(names(body)).toEqual(expected);
  });

  test("search follows changes", async () => {
    await using api = still();
    const { body } = await api.call("POST", "/v1/contacts", { phone: "+971500000001", firstName: "Sara" });
    await api.call("PATCH", `/v1/contacts/${body.id}`, { firstName: "Noor", email: "noor@example.com" });
    expect((await api.call("GET", "/v1/contacts?query=sara")).body.data).toEqual([]);
    expect(names((await api.call("GET", "/v1/contacts?query=noor")).body)).toEqual(["Noor"]);
  });

  test.each(["", "query=guest&"])("pages of every size give each contact once, newest first (%s)", async (filter) => {
    await using api = still();
    const made: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      made.push(
        (await api.call("POST", "/v1/contacts", { phone: `+97150000000${count}`, firstName: "Guest" })).body.id,
      );
    }
    for (let limit = 1; limit <= 8; limit += 1) {
      const seen: string[] = [];
      let cursor = "";
      do {
        const { body } = await api.call("GET", `/v1/contacts?${filter}limit=${limit}${cursor}`);
        seen.push(...body.data.map((contact: Body) => contact.id));
        cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
      } while (cursor !== "");
      expect(seen).toEqual(made.toReversed());
    }
  });
});
