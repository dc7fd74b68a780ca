import * as z from "zod";
import { Contact, ContactId, Cursor, Email, ExternalId, limit, matchesIdentifiers, Phone } from "../api/index.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

const input = z
  .strictObject({
    phone: Phone.optional(),
    email: Email.optional(),
    externalId: ExternalId.optional(),
    contactId: ContactId.optional(),
    query: z
      .string()
      .min(1, { error: "must not be empty" })
      .max(200)
      .optional()
      .meta({ title: "Search", description: "Words in the name, phone or e-mail.", examples: ["sara"] }),
    limit: limit(20),
    cursor: Cursor.optional(),
  })
  .refine(
    ({ phone, email, externalId, contactId, query }) =>
      [phone, email, externalId, contactId, query].some((value) => value !== undefined),
    {
      error: "give at least one of phone, email, externalId, contactId and query",
      path: ["phone"],
    },
  )
  .refine(({ contactId, query }) => contactId === undefined || query === undefined, {
    error: "query cannot be combined with contactId: an id names one contact already",
    path: ["query"],
  });

/** By id, which needs no extension: the other identifiers given must be the contact's too. */
async function findById(
  onsync: OnSync,
  wanted: z.output<typeof input> & { contactId: string },
  context: OperationContext,
): Promise<Contact[]> {
  try {
    const {
      activity: _activity,
      requestId: _requestId,
      timestamp: _timestamp,
      ...contact
    } = await onsync.contacts.get(wanted.contactId, context);
    // An answer with another id is somebody else.
    return contact.id === wanted.contactId && matchesIdentifiers(contact, wanted) ? [contact] : [];
  } catch (error) {
    if (isErrorNamed(error, "NotFoundError")) return [];
    throw error;
  }
}

export const findContacts = defineOperation({
  name: "find_contacts",
  title: "Find Contacts",
  description:
    "Finds contacts by phone, e-mail or external id (exact), or by words. Several filters must all match. None found is an empty list.",
  input,
  output: z.looseObject({ data: z.array(Contact), nextCursor: z.string().nullable() }),
  effect: "reads",
  scope: "read:contacts",
  toolsets: ["contacts"],
  leftOut: {},
  run: async (onsync, filters, context) => {
    const { contactId, ...query } = filters;
    if (contactId !== undefined)
      return { data: await findById(onsync, { ...filters, contactId }, context), nextCursor: null };
    const { data, nextCursor } = await onsync.contacts.list(query, context);
    // An API that does not know a filter ignores it: what it then gives is somebody else.
    return { data: data.filter((contact) => matchesIdentifiers(contact, query)), nextCursor };
  },
});
