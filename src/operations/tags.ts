/**
 * Adding and removing tags. The API replaces the whole list and has no conditional write, so a change reads, changes,
 * writes and reads again; after a save, whose answer is the contact, it only writes and reads. Changes through one client
 * stand in line, contact by contact, and lose nothing of each other.
 * Another program may write between: one that overwrote ours is noticed and ours is made again, and the answer says so;
 * one that wrote between our reading and our writing cannot be noticed, and its own change is lost.
 */
import * as z from "zod";
import { Contact } from "../api/contact.ts";
import { ContactId, Tags } from "../api/fields.ts";
import type { ContactPatch } from "../api/index.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

const maxAttempts = 3;

export type TagChange = { add: readonly string[]; remove: readonly string[] };

/** What an answer says of a change of tags, beside the contact. */
const tagChangeFields = {
  changedTags: z
    .array(z.string())
    .meta({ title: "Changed Tags", description: "The tags that were really added or removed.", examples: [["expo"]] }),
  warning: z
    .string()
    .nullable()
    .meta({ title: "Warning", description: "Set when somebody else changed the tags at the same time." }),
};

const output = z.looseObject({ ...Contact.shape, ...tagChangeFields });

/** The same, where the operation may have changed no tags. */
export const tagChangeOutput = {
  changedTags: tagChangeFields.changedTags.optional(),
  warning: tagChangeFields.warning.optional(),
};

/** The arguments with which an operation that writes a contact changes its tags, and keeps the others. */
export const tagChangeInput = {
  addTags: Tags.optional().meta({
    title: "Tags to Add",
    description: "Tags to add: the others stay.",
    examples: [["expo"]],
  }),
  removeTags: Tags.optional().meta({
    title: "Tags to Remove",
    description: "Tags to remove: the others stay.",
    examples: [["lead"]],
  }),
};

type TagArguments = {
  tags?: readonly string[] | null | undefined;
  addTags?: readonly string[] | undefined;
  removeTags?: readonly string[] | undefined;
  clear?: readonly string[] | undefined;
};

/** What is wrong with the tags of an input, with the field that is to change; `undefined`: nothing. */
export function findTagConflict({ tags, addTags, removeTags, clear }: TagArguments) {
  if (addTags === undefined && removeTags === undefined) return undefined;
  if (tags !== undefined || clear?.includes("tags")) {
    const message = "cannot be combined with addTags and removeTags: it replaces all tags, they keep the others";
    return tags !== undefined ? { path: ["tags"], message } : { path: ["clear"], message: `tags ${message}` };
  }
  const both = addTags?.find((tag) => removeTags?.includes(tag));
  return both === undefined
    ? undefined
    : { path: ["removeTags"], message: `has ${JSON.stringify(both)}, which addTags has as well: leave it out of one` };
}

/** The change that an input asks for; `undefined`: none. */
export function getTagChange({ addTags = [], removeTags = [] }: TagArguments): TagChange | undefined {
  return addTags.length > 0 || removeTags.length > 0 ? { add: addTags, remove: removeTags } : undefined;
}

type Lines = {
  /** The changes under way by contact: each waits for the one before it. */
  turns: Map<string, Promise<unknown>>;
  /** How many changes have begun or ended. What was read before the last of these may not be so any more. */
  moves: number;
};

const linesByClient = new WeakMap<OnSync, Lines>();

function getLines(onsync: OnSync): Lines {
  const lines = linesByClient.get(onsync) ?? { turns: new Map(), moves: 0 };
  linesByClient.set(onsync, lines);
  return lines;
}

async function standInLine<Result>(lines: Lines, contactId: string, work: () => Promise<Result>): Promise<Result> {
  const { turns } = lines;
  const turn = (turns.get(contactId) ?? Promise.resolve()).then(work, work);
  turns.set(contactId, turn);
  try {
    return await turn;
  } finally {
    lines.moves++;
    if (turns.get(contactId) === turn) turns.delete(contactId);
  }
}

/** A contact as OnSync has just answered it, and how many changes had begun or ended before that was asked. */
type SavedContact<Saved extends Contact = Contact> = { contact: Saved; moves: number };

/** Has a contact saved whose tags are to be changed next: the answer tells them. */
export async function saveBeforeChange<Saved extends Contact>(
  onsync: OnSync,
  save: () => Promise<Saved>,
): Promise<SavedContact<Saved>> {
  const { moves } = getLines(onsync);
  return { contact: await save(), moves };
}

function hasSameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag) => b.includes(tag));
}

/**
 * @param patch other fields of the contact to change with the same request
 * @param saved the contact as this call has saved it: it is read once more only where others change tags meanwhile
 */
export function changeTags(
  onsync: OnSync,
  contactId: string,
  { add, remove }: TagChange,
  context: OperationContext,
  { patch = {}, saved }: { patch?: ContactPatch; saved?: SavedContact } = {},
): Promise<z.output<typeof output>> {
  const change = (tags: readonly string[]) => [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag));
  const read = async () => {
    const {
      activity: _activity,
      requestId: _requestId,
      timestamp: _timestamp,
      ...contact
    } = await onsync.contacts.get(contactId, context);
    return { ...contact, tags: contact.tags ?? [] };
  };

  const lines = getLines(onsync);
  return standInLine(lines, contactId, async () => {
    const isCurrent = saved?.moves === lines.moves && Array.isArray(saved.contact.tags);
    lines.moves++;
    let contact = isCurrent ? saved.contact : await read();
    const before = contact.tags;
    const changedTags = [
      ...change(before).filter((tag) => !before.includes(tag)),
      ...before.filter((tag) => !change(before).includes(tag)),
    ];
    let left = patch;
    let disturbed = false;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const written = change(contact.tags);
      const isSettled = hasSameTags(contact.tags, written);
      if (isSettled && Object.keys(left).length === 0) break;
      await onsync.contacts.update(contactId, { ...left, ...(!isSettled && { tags: written }) }, context);
      left = {};
      contact = await read();
      disturbed ||= !hasSameTags(contact.tags, written);
    }
    const lasted = hasSameTags(contact.tags, change(contact.tags));
    return { ...contact, changedTags, warning: disturbed ? describeDisturbance(lasted) : null };
  });
}

function describeDisturbance(lasted: boolean): string {
  return lasted
    ? "Somebody else changed this contact's tags at the same time. Your change was kept: check that theirs was too."
    : "Somebody else keeps changing this contact's tags, and your change did not last. Check the contact and try again.";
}

const input = z.strictObject({ contactId: ContactId, tags: Tags.min(1, { error: "name at least one tag" }) });

export const addTags = defineOperation({
  name: "add_tags",
  title: "Add Tags",
  description: "Adds tags to a contact and leaves those it has.",
  input: input.extend({
    tags: input.shape.tags.meta({ title: "Tags", description: "Tags to add.", examples: [["expo"]] }),
  }),
  output,
  effect: "writes",
  additive: true,
  scope: "write:contacts",
  alsoNeeds: "read:contacts",
  toolsets: ["contacts"],
  leftOut: { mcp: "addTags of update_contact" },
  run: (onsync, { contactId, tags }, context) => changeTags(onsync, contactId, { add: tags, remove: [] }, context),
});

export const removeTags = defineOperation({
  name: "remove_tags",
  title: "Remove Tags",
  description: "Removes tags from a contact and leaves the others.",
  input: input.extend({
    tags: input.shape.tags.meta({ title: "Tags", description: "Tags to remove.", examples: [["expo"]] }),
  }),
  output,
  effect: "writes",
  scope: "write:contacts",
  alsoNeeds: "read:contacts",
  toolsets: ["contacts"],
  leftOut: { mcp: "removeTags of update_contact" },
  run: (onsync, { contactId, tags }, context) => changeTags(onsync, contactId, { add: [], remove: tags }, context),
});
