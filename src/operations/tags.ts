/**
 * Adding and removing tags. The API replaces the whole list, so both read, change and write it; another writer may come
 * between. They read again after writing, and say so when the list is not what they wrote.
 */
import * as z from "zod";
import { Contact, ContactId, Tags } from "../api/index.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

const maxAttempts = 3;

const output = z.looseObject({
  ...Contact.shape,
  changedTags: z
    .array(z.string())
    .meta({ title: "Changed Tags", description: "The tags that were really added or removed.", examples: [["expo"]] }),
  warning: z
    .string()
    .nullable()
    .meta({ title: "Warning", description: "Set when somebody else changed the tags at the same time." }),
});

async function changeTags(
  onsync: OnSync,
  contactId: string,
  change: (tags: readonly string[]) => string[],
  context: OperationContext,
): Promise<z.output<typeof output>> {
  const read = async () => {
    const {
      activity: _activity,
      requestId: _requestId,
      timestamp: _timestamp,
      ...contact
    } = await onsync.contacts.get(contactId, context);
    return { ...contact, tags: contact.tags ?? [] };
  };
  const sameTags = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && a.every((tag) => b.includes(tag));

  let contact = await read();
  const before = contact.tags;
  const changedTags = [
    ...change(before).filter((tag) => !before.includes(tag)),
    ...before.filter((tag) => !change(before).includes(tag)),
  ];
  let disturbed = false;
  for (let attempt = 0; attempt < maxAttempts && !sameTags(contact.tags, change(contact.tags)); attempt++) {
    const written = change(contact.tags);
    await onsync.contacts.update(contactId, { tags: written }, context);
    contact = await read();
    disturbed ||= !sameTags(contact.tags, written);
  }
  const settled = sameTags(contact.tags, change(contact.tags));
  return {
    ...contact,
    changedTags,
    warning: !disturbed
      ? null
      : settled
        ? "Somebody else changed this contact's tags at the same time. Your change was kept: check that theirs was too."
        : "Somebody else keeps changing this contact's tags, and your change did not last. Check the contact and try again.",
  };
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
  leftOut: { mcp: "update_contact replaces the tags" },
  run: (onsync, { contactId, tags }, context) =>
    changeTags(onsync, contactId, (existing) => [...new Set([...existing, ...tags])], context),
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
  leftOut: { mcp: "update_contact replaces the tags" },
  run: (onsync, { contactId, tags }, context) =>
    changeTags(onsync, contactId, (existing) => existing.filter((tag) => !tags.includes(tag)), context),
});
