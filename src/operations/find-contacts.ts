import * as z from "zod";
import { Contact, matchesIdentifiers } from "../api/contact.ts";
import { ContactId, Cursor, Email, ExternalId, Instant, limit, Phone } from "../api/fields.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";
import { scanList } from "./scan-list.ts";

const input = z
  .strictObject({
    phone: Phone.optional(),
    email: Email.optional(),
    externalId: ExternalId.optional(),
    contactId: ContactId.optional(),
    query: z
      .string()
      .max(200)
      .optional()
      .meta({
        title: "Search",
        description: "Words in the name, phone or e-mail. Empty: every contact, newest first.",
        examples: ["sara"],
      }),
    tag: z
      .string()
      .min(1, { error: "must not be empty" })
      .max(100)
      .optional()
      .meta({ title: "Tag", description: "A tag that the contact has, in any case.", examples: ["lead"] }),
    createdAfter: Instant.optional().meta({
      title: "Created After",
      description: "Only contacts made after this ISO 8601 time.",
      examples: ["2024-12-01T09:00:00Z"],
    }),
    limit: limit(20),
    cursor: Cursor.optional(),
  })
  .refine(
    ({ phone, email, externalId, contactId, query, tag, createdAfter }) =>
      [phone, email, externalId, contactId, query, tag, createdAfter].some((value) => value !== undefined),
    {
      error: "give at least one of phone, email, externalId, contactId and query, or tag or createdAfter",
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

/** Whether the contact has the tag and was made after the time, where those are asked for: the API knows neither filter. */
function isOfGroup(
  contact: Contact,
  { tag, createdAfter }: { tag?: string | undefined; createdAfter?: string | undefined },
): boolean {
  const wanted = tag?.trim().toLocaleLowerCase();
  const tags = Array.isArray(contact?.tags) ? contact.tags : [];
  return (
    (wanted === undefined || tags.some((each) => String(each).trim().toLocaleLowerCase() === wanted)) &&
    (createdAfter === undefined || Date.parse(contact?.createdAt) > Date.parse(createdAfter))
  );
}

export const findContacts = defineOperation({
  name: "find_contacts",
  title: "Find Contacts",
  description:
    "Finds contacts by phone, e-mail or external id (exact), by words, by tag or by when they were made. Several filters must all match. None found is an empty list.",
  input,
  output: z.looseObject({
    data: z.array(Contact),
    nextCursor: z.string().nullable(),
    complete: z.boolean().meta({ description: "False where 500 contacts were looked through and there are more." }),
  }),
  effect: "reads",
  scope: "read:contacts",
  toolsets: ["contacts"],
  leftOut: {},
  run: async (onsync, filters, context) => {
    const { contactId, tag, createdAfter, limit, cursor, query: words, ...identifiers } = filters;
    if (contactId !== undefined) {
      const data = (await findById(onsync, { ...filters, contactId }, context)).filter((contact) =>
        isOfGroup(contact, filters),
      );
      return { data, nextCursor: null, complete: true };
    }
    const query = { ...identifiers, ...(words && { query: words }) };
    if (tag !== undefined || createdAfter !== undefined) {
      const after = Date.parse(createdAfter ?? "");
      return scanList(
        (page) => onsync.contacts.list({ ...query, ...page }, context),
        { limit, cursor },
        {
          isWanted: (contact) => matchesIdentifiers(contact, query) && isOfGroup(contact, filters),
          // Newest first: what was made before ends the list.
          isEnd: (contact) => Date.parse(contact?.createdAt) <= after,
        },
      );
    }
    const { data, nextCursor } = await onsync.contacts.list({ ...query, limit, ...(cursor && { cursor }) }, context);
    // An API that does not know a filter ignores it: what it then gives is somebody else.
    return { data: data.filter((contact) => matchesIdentifiers(contact, query)), nextCursor, complete: true };
  },
});
