/** What an export says of what it cannot know, where OnSync has not the lists. */
import { expect, test } from "@jest/globals";
import { exportTo, readParts } from "../../../testing/exports/export-to.ts";
import { Inbox } from "../../../testing/exports/inbox.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

const noLists = { contacts: false, conversations: false, account: false };
const noConversationList = "list of conversations, which this OnSync does not have: those that nobody named";
const noContactList = "list of contacts, which this OnSync does not have: those that nobody named";
const elsewhere = "contacts whose conversations on other platforms than WhatsApp cannot be known";

test("without any list and without a name, nothing is exported, and that is not called complete", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox({ extensions: noLists }).fill(3, 3);
  const result = await exportTo(folder.path, inbox, { tables: ["contacts", "messages", "conversations"] });
  expect(result).toMatchObject({ rows: 0, completeUpTo: null, complete: true });
  expect(result.unknown).toEqual([
    { what: noContactList, count: 1 },
    { what: noConversationList, count: 1 },
  ]);
});

test("a named contact tells of its conversations, where its activity does, and else its number stands for one", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox({ extensions: noLists });
  inbox.addMessage("instagram:sara");
  inbox.addMessage("whatsapp:+971500000002");
  const open = inbox.addContact({ activity: { conversationIds: ["instagram:sara"] } });
  const silent = inbox.addContact({ phone: "+971 50 000 0002" });
  const none = inbox.addContact({ phone: "+971500000003" });
  const knownIds = [open, silent, none].map(({ id }) => ({ contactId: id }));
  const result = await exportTo(folder.path, inbox, { tables: ["contacts", "messages"], knownIds });
  expect(
    readParts(folder.path)
      .map(({ conversationId }) => conversationId)
      .sort(),
  ).toEqual(["instagram:sara", "whatsapp:+971500000002"]);
  expect(readParts(folder.path, "contacts")).toHaveLength(3);
  expect(readParts(folder.path, "contacts")[0]).not.toHaveProperty("activity");
  // Two contacts, and the conversations that their numbers stand for.
  expect(result.unknown).toContainEqual({ what: elsewhere, count: expect.any(Number) });
});

test("with a list of contacts alone, their numbers stand for their WhatsApp conversations", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox({ extensions: { contacts: true, conversations: false } });
  for (const phone of ["+971500000001", "+971500000002", "+971500000003"]) inbox.addContact({ phone });
  inbox.addMessage("whatsapp:+971500000001");
  inbox.addMessage("whatsapp:+971500000003");
  const result = await exportTo(folder.path, inbox);
  expect(readParts(folder.path)).toHaveLength(2);
  expect(result.unknown).toEqual([
    { what: noConversationList, count: 1 },
    { what: elsewhere, count: 3 },
  ]);
});

test("with a list of conversations alone, their contacts are read one by one", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox({ extensions: { contacts: false, conversations: true } });
  const contact = inbox.addContact();
  inbox.addMessage("whatsapp:+971500000001");
  const [conversation] = inbox.conversations.values();
  if (conversation) conversation.contactId = contact.id;
  const result = await exportTo(folder.path, inbox, { tables: ["contacts", "messages"] });
  expect(readParts(folder.path, "contacts")).toEqual([contact]);
  expect(result.unknown).toEqual([{ what: noContactList, count: 1 }]);
});

test("a conversation that a list names and that is not there any more is counted", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(2, 2);
  inbox.messages.delete("whatsapp:+971500000001");
  const result = await exportTo(folder.path, inbox);
  expect(result).toMatchObject({ rows: 2, completeUpTo: null });
  expect(result.unknown).toEqual([{ what: "conversations that could not be read to their beginning", count: 1 }]);
});

test("a history that has not yet what its list tells of is complete up to what it has", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(2, 2);
  const [lagging] = inbox.messages.keys();
  const last = inbox.messages.get(lagging as string)?.pop();
  const before = inbox.messages.get(lagging as string)?.at(-1)?.createdAt;
  inbox.now += 60_000;
  const result = await exportTo(folder.path, inbox);
  expect(result).toMatchObject({ rows: 3, unknown: [], completeUpTo: before });
  if (last) inbox.messages.get(lagging as string)?.push(last);
  expect(await exportTo(folder.path, inbox)).toMatchObject({ rows: 1, unknown: [] });
});

test("a history that shows nothing newer is not asked again at once", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(1, 2);
  const [lagging = ""] = inbox.messages.keys();
  inbox.messages.get(lagging)?.pop();
  inbox.now += 60_000;
  await exportTo(folder.path, inbox);
  const before = inbox.paths.length;
  await exportTo(folder.path, inbox);
  expect(inbox.paths.slice(before).filter((path) => path.includes("/messages"))).toHaveLength(1);
});

test("an OnSync that tells of no org is told from another by its address, and a key that is refused ends the export", async () => {
  using folder = temporaryFolder();
  const refuse = () => Response.json({ error: { code: "invalid_api_key", message: "no" } }, { status: 401 });
  await expect(exportTo(folder.path, new Inbox({ before: refuse }).fill(1, 1))).rejects.toMatchObject({
    name: "MovementStopped",
  });
});
