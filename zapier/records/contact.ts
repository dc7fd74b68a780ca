/** Contacts as a Zap sees them: human names first, ids and times last. */
import type * as z from "zod";
import type { Contact } from "../../src/api/index.ts";
import type { operations } from "../../src/operations/index.ts";
import { titles } from "../from-schemas/fields.ts";
import { type Column, createColumnBuilder, defineRecord, omitKeys, toDateTime } from "./record.ts";

const contactColumn = createColumnBuilder(titles.contact);

function createPropertyColumn(key: string, label: string): Column<Contact> {
  return {
    key,
    label,
    value: ({ properties }) => properties?.[key],
  };
}

const contactColumns: readonly Column<Contact>[] = [
  {
    key: "name",
    label: "Full Name",
    value: ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(" ") || null,
  },
  contactColumn("firstName"),
  contactColumn("lastName"),
  contactColumn("phone"),
  contactColumn("email"),
  contactColumn("tags", { list: true }),
  contactColumn("channel"),
  createPropertyColumn("externalId", "External Reference"),
  createPropertyColumn("source", "Source"),
  createPropertyColumn("language", "Language"),
  {
    key: "properties",
    label: "Other Properties",
    dict: true,
    value: ({ properties }) => omitKeys(properties, ["externalId", "source", "language"]),
    sampleValue: {},
  },
  contactColumn("id", { label: "Contact ID" }),
  contactColumn("orgId", { label: "Organization ID" }),
  contactColumn("createdAt", toDateTime("Created At")),
  contactColumn("updatedAt", toDateTime("Updated At")),
];
export const contactRecord = defineRecord(contactColumns);

/** The answer to saving a contact. */
export const savedContactRecord = defineRecord<z.output<(typeof operations)["save_contact"]["output"]>>([
  ...contactColumns,
  { key: "created", label: "Was Created", type: "boolean", value: ({ created }) => created },
  { key: "warning", label: "Warning", value: ({ warning }) => warning },
]);

/** The answer to changing a contact's tags. */
export const taggedContactRecord = defineRecord<z.output<(typeof operations)["add_tags"]["output"]>>([
  ...contactColumns,
  { key: "changedTags", label: "Changed Tags", list: true, value: ({ changedTags }) => changedTags },
  { key: "warning", label: "Warning", value: ({ warning }) => warning },
]);
