/** Contacts and their tags, against the reference API, with its extensions and without. */
import { describe, expect, test } from "@jest/globals";
import { samples } from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { phone, run, sara } from "./run-operation.ts";

describe.each([true, false])("with extensions: %s", (extensions) => {
  test("save_contact creates a contact, then updates the one with the same phone", async () => {
    await using pair = await onsyncPair({ extensions });
    const created = await run(pair.onsync, "save_contact", sara);
    expect(created).toMatchObject({ created: true, firstName: "Sara", tags: ["lead"] });
    const updated = await run(pair.onsync, "save_contact", { phone: "+971 50 000-0000", lastName: "Hussein" });
    expect(updated).toMatchObject({ created: false, id: created.id, firstName: "Sara", lastName: "Hussein" });
  });

  test("update_contact changes what is given, clears what is named, and merges properties", async () => {
    await using pair = await onsyncPair({ extensions });
    const created = await run(pair.onsync, "save_contact", { ...sara, lastName: "Hussein" });
    const cleared = await run(pair.onsync, "update_contact", {
      contactId: created.id,
      firstName: null,
      properties: { language: "en" },
      clear: ["lastName", "properties.source"],
    });
    expect(cleared).toMatchObject({
      firstName: null,
      lastName: null,
      properties: { externalId: "crm_8740", language: "en" },
    });
    expect(cleared.properties).not.toHaveProperty("source");
  });

  test("find_contacts by contactId needs no extension; the other identifiers must be the contact's", async () => {
    await using pair = await onsyncPair({ extensions });
    const { id } = await run(pair.onsync, "save_contact", sara);
    expect((await run(pair.onsync, "find_contacts", { contactId: id })).data).toMatchObject([
      { id, firstName: "Sara" },
    ]);
    expect((await run(pair.onsync, "find_contacts", { contactId: id, email: "SARA@example.com" })).data).toHaveLength(
      1,
    );
    expect((await run(pair.onsync, "find_contacts", { contactId: id, phone: "+971500000009" })).data).toEqual([]);
    expect((await run(pair.onsync, "find_contacts", { contactId: "contact_unknown" })).data).toEqual([]);
  });

  test("find_contacts by identifier, or an error that says what still works", async () => {
    await using pair = await onsyncPair({ extensions });
    const { id } = await run(pair.onsync, "save_contact", sara);
    for (const filter of [
      { phone: "+971 50 000 0000" },
      { email: "Sara@Example.com" },
      { externalId: "crm_8740" },
      { query: "sara" },
    ]) {
      const search = run(pair.onsync, "find_contacts", filter);
      if (extensions) expect((await search).data).toMatchObject([{ id }]);
      else
        await expect(search).rejects.toMatchObject({
          name: "ExtensionUnavailableError",
          advice: expect.stringContaining("contact id"),
        });
    }
    if (extensions) {
      expect((await run(pair.onsync, "find_contacts", { phone: "+971500000001" })).data).toEqual([]);
      expect((await run(pair.onsync, "find_contacts", { phone, email: "other@example.com" })).data).toEqual([]);
    }
  });

  test("add_tags and remove_tags leave the other tags alone and say what changed", async () => {
    await using pair = await onsyncPair({ extensions });
    const { id: contactId } = await run(pair.onsync, "save_contact", sara);
    expect(await run(pair.onsync, "add_tags", { contactId, tags: ["expo", "lead"] })).toMatchObject({
      tags: ["lead", "expo"],
      changedTags: ["expo"],
      warning: null,
    });
    expect(await run(pair.onsync, "add_tags", { contactId, tags: ["expo"] })).toMatchObject({
      changedTags: [],
      warning: null,
    });
    expect(await run(pair.onsync, "remove_tags", { contactId, tags: ["lead", "vip"] })).toMatchObject({
      tags: ["expo"],
      changedTags: ["lead"],
      warning: null,
    });
    expect(await run(pair.onsync, "get_contact", { contactId })).toMatchObject({
      tags: ["expo"],
      activity: { messageCount: 0 },
    });
  });
});

describe.each([true, false])(
  "addTags and removeTags of the operations that write contacts, extensions: %s",
  (extensions) => {
    const many = Array.from({ length: 12 }, (_, index) => `tag ${index}`);

    test("update_contact adds and removes tags together with other fields, and keeps the tags that nobody named", async () => {
      await using pair = await onsyncPair({ extensions });
      const { id: contactId } = await run(pair.onsync, "save_contact", { ...sara, tags: many });
      const input = { contactId, lastName: "Hussein", addTags: ["expo", "tag 3"], removeTags: ["tag 0", "gone"] };
      expect(await run(pair.onsync, "update_contact", input)).toMatchObject({
        lastName: "Hussein",
        tags: [...many.slice(1), "expo"],
        changedTags: ["expo", "tag 0"],
        warning: null,
      });
    });

    test("save_contact does so for a contact that is there, and for one that it creates", async () => {
      await using pair = await onsyncPair({ extensions });
      await run(pair.onsync, "save_contact", { ...sara, tags: many });
      expect(
        await run(pair.onsync, "save_contact", { ...sara, tags: undefined, addTags: ["expo"], removeTags: ["tag 1"] }),
      ).toMatchObject({ created: false, tags: [...many.filter((tag) => tag !== "tag 1"), "expo"] });
      const input = { phone: "+971500000077", addTags: ["expo"] };
      expect(await run(pair.onsync, "save_contact", input)).toMatchObject({ created: true, tags: ["expo"] });
    });

    test("tags that are there already are not written again", async () => {
      await using pair = await onsyncPair({ extensions });
      const { id: contactId } = await run(pair.onsync, "save_contact", sara);
      const { updatedAt } = await run(pair.onsync, "get_contact", { contactId });
      const answer = await run(pair.onsync, "update_contact", { contactId, addTags: ["lead"] });
      expect(answer).toMatchObject({ updatedAt, changedTags: [] });
    });
  },
);

test("twenty changes to one contact at the same time through one client all last", async () => {
  await using pair = await onsyncPair();
  const { id: contactId } = await run(pair.onsync, "save_contact", sara);
  const added = Array.from({ length: 20 }, (_, index) => `tag ${index}`);
  const answers = await Promise.all(
    added.map((tag, index) =>
      index % 3 === 0
        ? run(pair.onsync, "update_contact", { contactId, addTags: [tag] })
        : index % 3 === 1
          ? run(pair.onsync, "add_tags", { contactId, tags: [tag] })
          : run(pair.onsync, "save_contact", { phone: sara.phone, addTags: [tag] }),
    ),
  );
  for (const { warning } of answers) expect(warning).toBeNull();
  const { tags } = await run(pair.onsync, "get_contact", { contactId });
  expect([...tags].sort()).toEqual(["lead", ...added].sort());
});

test("a save whose answer comes after another change through the same client takes nothing of it back", async () => {
  await using pair = await onsyncPair();
  const { id: contactId } = await run(pair.onsync, "save_contact", sara);
  let release = (): void => {};
  const answered = Promise.withResolvers<void>();
  const slow: OnSync = {
    ...pair.onsync,
    contacts: {
      ...pair.onsync.contacts,
      save: async (...args) => {
        const answer = await pair.onsync.contacts.save(...args);
        answered.resolve();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return answer;
      },
    },
  };
  const saving = run(slow, "save_contact", { phone: sara.phone, addTags: ["late"] });
  await answered.promise;
  await run(slow, "update_contact", { contactId, addTags: ["between"] });
  release();
  expect(await saving).toMatchObject({ tags: ["lead", "between", "late"], changedTags: ["late"], warning: null });
});

test.each(["phone", "email"] as const)("a contact is changed and read by its %s", async (field) => {
  await using pair = await onsyncPair();
  const known = { ...sara, email: "sara@example.com" };
  const { id } = await run(pair.onsync, "save_contact", known);
  await run(pair.onsync, "save_contact", { phone: "+971500000088", email: "sara@example.org" });
  expect(await run(pair.onsync, "update_contact", { contactId: known[field], lastName: "H" })).toMatchObject({ id });
  expect(await run(pair.onsync, "get_contact", { contactId: known[field] })).toMatchObject({ id, lastName: "H" });
});

test("an address that several contacts have, or none, names no contact", async () => {
  await using pair = await onsyncPair();
  const twins = ["contact_1", "contact_2"].map((id) => ({ ...samples.contact, id, phone: sara.phone }));
  const list = async () => ({
    data: twins,
    nextCursor: null,
    requestId: "req_1",
    timestamp: "2024-12-01T10:00:00.000Z",
  });
  const onsync = { ...pair.onsync, contacts: { ...pair.onsync.contacts, list } } as OnSync;
  await expect(run(onsync, "get_contact", { contactId: sara.phone })).rejects.toThrow(
    "several contacts: name one by its id, contact_1 or contact_2",
  );
  // What a server that does not know the filter answers is somebody else.
  await expect(run(onsync, "get_contact", { contactId: "+971500000099" })).rejects.toThrow("of no contact");
});

describe("add_tags beside another writer", () => {
  const disturbed = (onsync: OnSync, disturb: (contactId: string, round: number) => Promise<void>): OnSync => {
    let round = 0;
    return {
      ...onsync,
      contacts: {
        ...onsync.contacts,
        update: async (contactId, patch, options) => {
          const answer = await onsync.contacts.update(contactId, patch, options);
          await disturb(contactId, ++round);
          return answer;
        },
      },
    };
  };

  test("puts its tags back when they were overwritten, and says that somebody else was there", async () => {
    await using pair = await onsyncPair();
    const { id: contactId } = await run(pair.onsync, "save_contact", sara);
    const other = disturbed(pair.onsync, async (id, round) => {
      if (round === 1) await pair.onsync.contacts.update(id, { tags: ["vip"] });
    });
    expect(await run(other, "add_tags", { contactId, tags: ["expo"] })).toMatchObject({
      tags: ["vip", "expo"],
      warning: expect.stringContaining("Your change was kept"),
    });
  });

  test("gives up after three rounds and says that the change did not last", async () => {
    await using pair = await onsyncPair();
    const { id: contactId } = await run(pair.onsync, "save_contact", sara);
    const rounds: number[] = [];
    const other = disturbed(pair.onsync, async (id, round) => {
      rounds.push(round);
      await pair.onsync.contacts.update(id, { tags: ["vip"] });
    });
    expect(await run(other, "add_tags", { contactId, tags: ["expo"] })).toMatchObject({
      tags: ["vip"],
      warning: expect.stringContaining("did not last"),
    });
    expect(rounds).toEqual([1, 2, 3]);
  });
});
