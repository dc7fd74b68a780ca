/** The contact's known properties as fields of their own; `properties` takes the others, and those too. */
import type { PlainInputField } from "zapier-platform-core";
import type * as z from "zod";
import { Properties } from "../../src/api/fields.ts";
import { isBlank, trimText } from "./blank.ts";
import { createFieldBuilder } from "./field-builder.ts";
import { type InputData, readText } from "./input-data.ts";
import { readInput } from "./read-input.ts";
import { refuseInput } from "./refuse-input.ts";

const propertyKeys = ["externalId", "source", "language"] as const;
const property = createFieldBuilder(Properties);

export const propertyFields = {
  // The schema's title ends in "ID", which Zapier keeps for records to choose from.
  externalId: property("externalId", {
    label: "External Reference",
    helpText: "The contact's number or code in your own system, such as a CRM.",
  }),
  source: property("source"),
  language: property("language", { helpText: "The language the contact speaks, such as `en` or `ar`." }),
  properties: {
    label: "Other Properties",
    helpText:
      "Custom properties, by name: texts, numbers, yes or no. Line items with a name and a value, and JSON, can be mapped too. They are merged with those the contact has.",
  } satisfies Partial<PlainInputField>,
};

/** The groups of a contact's fields in a form. */
export const contactGroups = [
  { key: "found_by", label: "What OnSync Finds the Contact By" },
  { key: "person", label: "Name and Tags" },
  { key: "more", label: "Where the Contact Came From, and Other Properties" },
];

const groupsByKey: Readonly<Record<string, string>> = {
  phone: "found_by",
  email: "found_by",
  externalId: "found_by",
  firstName: "person",
  lastName: "person",
  tags: "person",
  channel: "more",
  source: "more",
  language: "more",
  properties: "more",
};

/** The fields with their groups; the contact to choose, and what is to be emptied, stand outside. */
export function groupContactFields(fields: readonly PlainInputField[]): PlainInputField[] {
  return fields.map((field) => {
    const group = groupsByKey[field.key];
    return group === undefined ? field : { ...field, group };
  });
}

type DetailKey = "firstName" | "lastName" | "tags" | "channel" | "properties";

/** What a form has of a contact beside what it is found by. */
export function createDetailFields(
  field: (key: DetailKey, overrides: Partial<PlainInputField>) => PlainInputField,
): PlainInputField[] {
  return [
    field("firstName", { helpText: "The contact's given name." }),
    field("lastName", { helpText: "The contact's family name." }),
    field("tags", {
      helpText:
        "All the contact's tags, with commas between them or one in each row: they replace those it has. To keep those, use the Add Tags action.",
    }),
    field("channel", { helpText: "The channel the contact came from." }),
    propertyFields.source,
    propertyFields.language,
    field("properties", propertyFields.properties),
  ];
}

/** Names, codes and ids: white space around them is never meant. */
const trimmedKeys = ["contactId", "firstName", "lastName", "email", "externalId"];

/** What every step on contacts takes: its fields as they are meant, whichever form they were mapped in. */
export function readContactKeys(schema: z.ZodObject, inputData: InputData): Record<string, unknown> {
  const { tags: _tags, ...input } = readInput(schema, inputData);
  for (const key of trimmedKeys) {
    if (typeof input[key] === "string") input[key] = trimText(input[key]);
    if (input[key] === "") delete input[key];
  }
  const tags = "tags" in schema.shape ? readTags(inputData.tags) : [];
  return tags.length === 0 ? input : { ...input, tags };
}

/** A field that is filled in goes before the entry of the same name among the properties. */
export function readContactInput(schema: z.ZodObject, inputData: InputData): Record<string, unknown> {
  const { properties, ...input } = readContactKeys(schema, inputData);
  const filledIn = propertyKeys.flatMap((key) => {
    const value = readText(inputData, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const merged = Object.entries({ ...(properties as object | undefined), ...Object.fromEntries(filledIn) });
  return merged.length === 0 ? input : { ...input, properties: Object.fromEntries(merged.map(readProperty)) };
}

function readProperty([name, value]: [string, unknown]): [string, unknown] {
  if (typeof value === "object") return refuseInput("properties", `${name} must be a text, a number or yes or no`);
  const isKnown = (propertyKeys as readonly string[]).includes(name);
  return [name, isKnown ? trimText(String(value)) : value];
}

/**
 * One text, or the one row of a list, can hold several tags: commas part them. In several rows, and in a JSON list, each is a
 * tag as it stands, commas included.
 */
function readTags(mapped: unknown): unknown[] {
  const rows = [mapped].flat().filter((row) => !isBlank(row));
  const [only] = rows;
  const tags = rows.length === 1 && typeof only === "string" ? splitTags(only) : rows;
  return tags.map((tag) => (typeof tag === "object" ? tag : trimText(String(tag)))).filter((tag) => !isBlank(tag));
}

function splitTags(text: string): unknown[] {
  if (/^\s*\[/.test(text)) {
    try {
      return [JSON.parse(text)].flat();
    } catch {
      // A tag may begin with a bracket.
    }
  }
  return text.split(/[,،，\r\n]/u);
}
