/** The contact's known properties as fields of their own; `properties` takes the others, and those too. */
import type { PlainInputField } from "zapier-platform-core";
import type * as z from "zod";
import { Properties } from "../../src/api/index.ts";
import { createFieldBuilder } from "./field-builder.ts";
import { type InputData, readInput, readText } from "./read-input.ts";

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
    helpText: "Custom properties, by name. They are merged with those the contact has.",
  } satisfies Partial<PlainInputField>,
};

/** What Update Contact can empty, in words. */
export const clearableFields = [
  ["firstName", "First Name"],
  ["lastName", "Last Name"],
  ["phone", "Phone"],
  ["email", "Email"],
  ["tags", "Tags"],
  ["channel", "Channel"],
  ["properties.externalId", "External Reference"],
  ["properties.source", "Source"],
  ["properties.language", "Language"],
].map(([value = "", label = ""]) => ({ value, sample: value, label }));

/** A field that is filled in goes before the entry of the same name among the properties. */
export function readContactInput(schema: z.ZodObject, inputData: InputData): Record<string, unknown> {
  const { properties, ...input } = readInput(schema, inputData);
  const filledIn = propertyKeys.flatMap((key) => {
    const value = readText(inputData, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const merged = { ...(typeof properties === "object" ? properties : undefined), ...Object.fromEntries(filledIn) };
  return Object.keys(merged).length === 0 ? input : { ...input, properties: merged };
}
