/** Contacts: people the org talks to. Deduplicated by phone, email and externalId. */
import * as z from "zod";
import {
  Channel,
  ContactId,
  Cursor,
  Email,
  FirstName,
  LastName,
  limit,
  Phone,
  Properties,
  PropertiesPatch,
  PropertyValue,
  someText,
  Tags,
  Timestamp,
} from "./fields.ts";
import type * as types from "./types/contacts.ts";
import { hasIdentifier, identifierNeeded } from "./values/checks.ts";
import { normalizeEmail, normalizePhone } from "./values/identifiers.ts";

/** What callers may set, for `POST /contacts`. At least one of phone, email, properties.externalId is needed. */
export const ContactFields = z.strictObject({
  firstName: FirstName.optional(),
  lastName: LastName.optional(),
  phone: Phone.optional(),
  email: Email.optional(),
  tags: Tags.optional(),
  channel: Channel.optional(),
  properties: Properties.optional(),
});

/** The body of `POST /contacts`. */
export const ContactInput = ContactFields.refine(hasIdentifier, { error: identifierNeeded, path: ["phone"] }).meta({
  id: "ContactInput",
  anyOf: [
    { required: ["phone"] },
    { required: ["email"] },
    { required: ["properties"], properties: { properties: { required: ["externalId"] } } },
  ],
});
export type ContactInput = types.ContactInput;

/** The body of `PATCH /contacts/{id}`: any subset; `null` clears a field. */
export const ContactPatch = z
  .strictObject({
    firstName: FirstName.nullable().optional(),
    lastName: LastName.nullable().optional(),
    phone: Phone.nullable().optional(),
    email: Email.nullable().optional(),
    tags: Tags.nullable().optional(),
    channel: Channel.nullable().optional(),
    properties: PropertiesPatch.nullable().optional(),
  })
  .meta({ id: "ContactPatch" });
export type ContactPatch = types.ContactPatch;

const contactFields = {
  id: ContactId,
  firstName: z
    .string()
    .nullish()
    .meta({ title: "First Name", description: "First name.", examples: ["Sara"] }),
  lastName: z
    .string()
    .nullish()
    .meta({ title: "Last Name", description: "Last name.", examples: ["Hussein"] }),
  phone: z
    .string()
    .nullish()
    .meta({ title: "Phone", description: "Phone number in E.164 form.", examples: ["+971500000000"] }),
  email: z
    .string()
    .nullish()
    .meta({ title: "Email", description: "E-mail address.", examples: ["sara@example.com"] }),
  tags: z.array(z.string()).meta({ title: "Tags", description: "The contact's tags.", examples: [["lead", "expo"]] }),
  channel: Channel.nullish(),
  properties: z.record(z.string(), PropertyValue).meta({
    title: "Properties",
    description: "Custom properties: source, language, externalId and others.",
    examples: [{ source: "Expo booth", language: "en", externalId: "crm_8740" }],
  }),
  orgId: z.string().meta({ title: "Org", description: "The org the contact belongs to.", examples: ["org_123"] }),
  createdAt: Timestamp,
  updatedAt: Timestamp.optional(),
};

/** A contact, as answers and events carry it. An empty field is `null` or missing. */
export const Contact = z.looseObject(contactFields).meta({ id: "Contact" });
export type Contact = types.Contact;

/** What the contact has been doing; part of `GET /contacts/{id}` only. */
export const ContactActivity = z
  .looseObject({
    lastMessageAt: Timestamp.nullable(),
    lastInboundAt: Timestamp.nullable(),
    lastOutboundAt: Timestamp.nullable(),
    messageCount: z.number().int(),
    conversationIds: z.array(z.string()),
  })
  .meta({ id: "ContactActivity" });
export type ContactActivity = types.ContactActivity;

export const ContactWithActivity = z
  .looseObject({ ...contactFields, activity: ContactActivity.optional() })
  .meta({ id: "ContactWithActivity" });
export type ContactWithActivity = types.ContactWithActivity;

/** Whether the contact has every identifier given; phone and e-mail are compared as the API compares them. */
export function matchesIdentifiers(
  contact: Contact,
  wanted: { phone?: string | undefined; email?: string | undefined; externalId?: string | undefined },
): boolean {
  return (
    (wanted.phone === undefined || normalizePhone(String(contact?.phone ?? "")) === normalizePhone(wanted.phone)) &&
    (wanted.email === undefined || normalizeEmail(String(contact?.email ?? "")) === normalizeEmail(wanted.email)) &&
    (wanted.externalId === undefined || String(contact?.properties?.externalId ?? "") === wanted.externalId)
  );
}

/** The query of `GET /contacts`. */
export const ContactsQuery = z.strictObject({
  phone: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Exact phone number, E.164.", examples: ["+971500000000"] }),
  email: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Exact e-mail address, in any case.", examples: ["sara@example.com"] }),
  externalId: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Exact `properties.externalId`.", examples: ["crm_8740"] }),
  query: someText(200)
    .optional()
    .meta({ description: "Words in name, phone or e-mail.", examples: ["sara"] }),
  limit: limit(50),
  cursor: Cursor.optional(),
});
