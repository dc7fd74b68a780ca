/** A person's rows and checkpoints taken out of a database, and everybody else's, which stay. */
import { expect, test } from "@jest/globals";
import { exportTables } from "../../../../../src/data/export/records.ts";
import type { PurgeableTarget } from "../../../../../src/data/index.ts";
import { describeOnDatabases, message } from "./on-databases.ts";

const [her, him] = ["whatsapp:+97150123456", "whatsapp:+971501234567"];

function contact(id: string, firstName: string) {
  return { id, firstName, tags: [], properties: {}, orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z" };
}

function conversation(id: string, contactId: string) {
  const at = "2024-12-01T10:00:00.000Z";
  return { id, contactId, platform: "whatsapp", status: "open", createdAt: at, updatedAt: at };
}

async function fill(target: PurgeableTarget): Promise<void> {
  const { contacts, conversations, messages } = exportTables;
  await target.commit(
    [
      { table: contacts, rows: [contact("contact_1", "Sara"), contact("contact_2", "Omar")] },
      {
        table: conversations,
        rows: [
          conversation(her, "contact_1"),
          conversation("telegram:77", "contact_1"),
          conversation(him, "contact_2"),
        ],
      },
      {
        table: messages,
        rows: [
          message("msg_1", { conversationId: her, content: "her words" }),
          message("msg_2", { conversationId: "telegram:77", content: "her other words" }),
          message("msg_3", { conversationId: him, content: "his words" }),
        ],
      },
    ],
    new Map([
      [`backfill:conversation:${her}`, "{}"],
      [`backfill:conversation:${him}`, "{}"],
      ["backfill:contact:contact_1", "{}"],
      ["backfill:of contact_1:run", "1"],
      ["source", "x"],
    ]),
  );
}

const person = { contactIds: new Set(["contact_1"]), conversationIds: new Set<string>() };

describeOnDatabases((createPlace) => {
  test("by the contact's id alone all of theirs goes, and all else stays", async () => {
    const place = await createPlace();
    const target = await place.open();
    await fill(target);
    expect(await target.purge(person, true)).toEqual({ contacts: 1, conversations: 2, messages: 2, isScrubbed: true });
    expect(await target.count(exportTables.messages)).toBe(3);
    expect(await target.purge(person, false)).toEqual({ contacts: 1, conversations: 2, messages: 2, isScrubbed: true });
    await target.close();

    const again = await place.open();
    const { contacts, conversations, messages } = exportTables;
    expect([await again.count(contacts), await again.count(conversations), await again.count(messages)]).toEqual([
      1, 1, 1,
    ]);
    expect(await again.read(messages, ["msg_1", "msg_2", "msg_3"])).toMatchObject([{ content: "his words" }]);
    const names = (await again.listState("", null, 100)).map(({ name }) => name);
    expect(names).toEqual([`backfill:conversation:${him}`, "forgotten", "source"]);
    // It is written to as before, and a row that comes again is a new one.
    expect(
      await again.commit([{ table: messages, rows: [message("msg_1", { conversationId: her })] }], new Map()),
    ).toBe(1);
    await again.close();
  });

  test("in a place that has no rows yet there is nothing to take out", async () => {
    const target = await (await createPlace()).open();
    expect(await target.purge(person, false)).toMatchObject({ contacts: 0, conversations: 0, messages: 0 });
    await target.close();
  });
});
