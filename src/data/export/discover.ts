/** Which contacts and conversations there are: from the lists that OnSync may have, and from what is known otherwise. */
import type { Contact, ListedConversation } from "../../api/index.ts";
import { toConversationId } from "../../api/index.ts";
import { isErrorNamed } from "../../client/index.ts";
import { parseInstant } from "../../client/wire/instant.ts";
import { MovementStopped } from "../budget/paced-calls.ts";
import {
  addRecords,
  type Backfill,
  type Changes,
  callExtension,
  callPaced,
  createPageSize,
  listCheckpoints,
  readCheckpoint,
  settlingMs,
} from "./backfill.ts";
import {
  type ContactCheckpoint,
  type ConversationCheckpoint,
  type ListCheckpoint,
  newConversation,
} from "./checkpoints.ts";
import { readList } from "./lists.ts";
import type { TableName } from "./records.ts";

/** Known from elsewhere: an event, a CRM. */
export type KnownId = { contactId: string } | { conversationId: string } | { phone: string };

/**
 * @param notesContacts whether the contacts of conversations are read one by one: no list has them
 * @returns when what the list said was so; `null` where this OnSync has no such list
 */
export async function listConversations(backfill: Backfill, notesContacts: boolean): Promise<string | null> {
  const sized = createPageSize();
  return orWithout(backfill, "conversations", async () =>
    readList<ListedConversation>({
      checkpoint: await readCheckpoint<ListCheckpoint>(backfill, backfill.names.list("conversations")),
      isByChange: true,
      fetch: (cursor) =>
        sized((limit) => callExtension(backfill, (onsync) => onsync.conversations.list({ limit, cursor }))),
      orderOf: ({ updatedAt }) => parseInstant(updatedAt),
      isRefused: (error) => isErrorNamed(error, "ValidationError"),
      async onPage(items, checkpoint) {
        const { contact, names, tables } = backfill;
        const kept = contact === undefined ? items : items.filter(({ contactId }) => contactId === contact);
        const changes: Changes = new Map();
        for (const { id, lastMessageAt, contactId } of kept) {
          if (tables.has("messages") && isId(id))
            await noteConversation(backfill, changes, id, readActivity(lastMessageAt));
          if (notesContacts && isId(contactId)) await noteContact(backfill, changes, contactId);
        }
        changes.set(names.list("conversations"), JSON.stringify(checkpoint));
        await addRecords(backfill, "conversations", tables.has("conversations") ? kept : [], changes);
      },
    }),
  );
}

/** @param guess whether a number stands for a conversation: nothing else tells which there are */
export async function listContacts(backfill: Backfill, guess: boolean): Promise<string | null> {
  const sized = createPageSize();
  return orWithout(backfill, "contacts", async () =>
    readList<Contact>({
      checkpoint: await readCheckpoint<ListCheckpoint>(backfill, backfill.names.list("contacts")),
      isByChange: false,
      fetch: (cursor) => sized((limit) => callExtension(backfill, (onsync) => onsync.contacts.list({ limit, cursor }))),
      orderOf: ({ createdAt }) => parseInstant(createdAt),
      isRefused: (error) => isErrorNamed(error, "ValidationError"),
      async onPage(items, checkpoint) {
        const changes: Changes = new Map();
        if (guess)
          for (const { id, phone } of items) {
            if (isId(phone))
              await noteConversation(backfill, changes, toConversationId("whatsapp", phone), null, "guess");
            else if (isId(id)) await noteContact(backfill, changes, id);
          }
        changes.set(backfill.names.list("contacts"), JSON.stringify(checkpoint));
        await addRecords(backfill, "contacts", backfill.tables.has("contacts") ? items : [], changes);
      },
    }),
  );
}

export async function noteKnownIds(
  backfill: Backfill,
  known: Iterable<KnownId> | AsyncIterable<KnownId>,
): Promise<void> {
  for await (const each of known) {
    const changes: Changes = new Map();
    if ("contactId" in each) await noteContact(backfill, changes, each.contactId);
    else if ("conversationId" in each) await noteConversation(backfill, changes, each.conversationId, null);
    else await noteConversation(backfill, changes, toConversationId("whatsapp", each.phone), null, "guess");
    await backfill.committer.note(changes);
  }
}

/** @returns what to note of those that nothing has named before: they are read then */
export async function beginNewConversations(backfill: Backfill, ids: Iterable<string>): Promise<Changes> {
  const changes: Changes = new Map();
  if (!backfill.tables.has("messages")) return changes;
  for (const id of ids)
    if ((await readCheckpoint(backfill, `${backfill.names.conversations}${id}`)) === null)
      await noteConversation(backfill, changes, id, null);
  return changes;
}

/** Reads each contact that is known by its id alone. */
export async function readNamedContacts(backfill: Backfill): Promise<void> {
  const { names, run, committer } = backfill;
  await committer.flush();
  for await (const { id, checkpoint } of listCheckpoints<ContactCheckpoint>(backfill, names.contacts)) {
    backfill.signal.throwIfAborted();
    if (checkpoint.run === run && checkpoint.found !== null) continue;
    await readContact(backfill, id);
  }
}

async function readContact(backfill: Backfill, id: string): Promise<void> {
  const { names, run, tables } = backfill;
  const changes: Changes = new Map();
  const note = (found: ContactCheckpoint["found"], asOf: string | null) =>
    changes.set(`${names.contacts}${id}`, JSON.stringify({ run, found, asOf } satisfies ContactCheckpoint));
  try {
    const contact = await callPaced(backfill, (onsync) => onsync.contacts.get(id));
    const at = parseInstant(contact.timestamp);
    if (backfill.contact !== undefined && !Number.isNaN(at)) backfill.settledUpTo = at - settlingMs;
    const conversations = contact.activity?.conversationIds;
    note(Array.isArray(conversations) ? "known" : "elsewhere", Number.isNaN(at) ? null : new Date(at).toISOString());
    if (tables.has("messages")) {
      for (const each of conversations ?? []) if (isId(each)) await noteConversation(backfill, changes, each, null);
      if (!conversations && isId(contact.phone))
        await noteConversation(backfill, changes, toConversationId("whatsapp", contact.phone), null, "guess");
    }
    await addRecords(backfill, "contacts", tables.has("contacts") ? [contact] : [], changes);
  } catch (error) {
    if (!isErrorNamed(error, "NotFoundError") || !error.fromApi || backfill.contact !== undefined) throw error;
    note("absent", null);
    await backfill.committer.note(changes);
  }
}

async function noteContact(backfill: Backfill, changes: Changes, id: string): Promise<void> {
  const name = `${backfill.names.contacts}${id}`;
  if (changes.has(name) || (await readCheckpoint(backfill, name)) !== null) return;
  changes.set(name, JSON.stringify({ run: 0, found: null, asOf: null } satisfies ContactCheckpoint));
}

async function noteConversation(
  backfill: Backfill,
  changes: Changes,
  id: string,
  activity: number | null,
  origin: ConversationCheckpoint["origin"] = "named",
): Promise<void> {
  const name = `${backfill.names.conversations}${id}`;
  const known = await readCheckpoint<ConversationCheckpoint>(backfill, name);
  const next = {
    ...(known ?? newConversation),
    activity: activity ?? known?.activity ?? null,
    origin: known === null || origin === "named" ? origin : known.origin,
  };
  if (known?.activity !== next.activity || known.origin !== next.origin) changes.set(name, JSON.stringify(next));
}

async function orWithout(backfill: Backfill, table: TableName, list: () => Promise<string>): Promise<string | null> {
  try {
    return await list();
  } catch (error) {
    if (!isErrorNamed(error, "ExtensionUnavailableError")) throw error;
    if ((await readCheckpoint(backfill, backfill.names.list(table))) === null) return null;
    throw new MovementStopped(
      `OnSync's list of ${table} was read before, and is not there now.`,
      "Run the same command again later. If OnSync does not have it any more, export to a new place.",
      error,
    );
  }
}

/** A list that does not say is no reason to think that nothing was said. */
function readActivity(lastMessageAt: unknown): number | null {
  if (lastMessageAt === null) return Number.MIN_SAFE_INTEGER;
  const at = parseInstant(lastMessageAt);
  return Number.isNaN(at) ? null : at;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
