/** The contact's known properties as fields of their own; `properties` takes the others, and those too. */
import type { PlainInputField } from "zapier-platform-core";
import type * as z from "zod";
import { Properties } from "../../src/api/index.ts";
import { fieldsOf } from "./fields.ts";
import { inputOf, textInput } from "./inputs.ts";

const known = ["externalId", "source", "language"] as const;
const property = fieldsOf(Properties);

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

/** A field that is filled in goes before the entry of the same name. */
export function contactInput<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return (inputData: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const { properties, ...input } = inputOf(schema, inputData);
    const own = known.flatMap((key) => {
      const value = textInput(inputData, key);
      return value === undefined ? [] : [[key, value] as const];
    });
    const merged = { ...(typeof properties === "object" ? properties : undefined), ...Object.fromEntries(own) };
    return Object.keys(merged).length === 0 ? input : { ...input, properties: merged };
  };
}
