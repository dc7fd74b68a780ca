/**
 * The fields of a template: its languages, and one input for each variable of its text. Where the org has no template
 * list, or the name is mapped from an earlier step, language and values are typed in.
 */
import type { PlainInputField } from "zapier-platform-core";
import type * as z from "zod";
import { findTemplateBody, listTemplateVariables, type Template } from "../../src/api/index.ts";
import { isErrorNamed } from "../../src/client/index.ts";
import { operations } from "../../src/operations/index.ts";
import { type PerformContext, perform } from "../perform.ts";
import { createFieldBuilder } from "./field-builder.ts";
import { type InputData, readInput, readText } from "./read-input.ts";

const field = createFieldBuilder(operations.send_template.input);

/** The WhatsApp templates that can be sent now. */
export async function listApprovedTemplates({ onsync, signal }: PerformContext): Promise<Template[]> {
  const { data } = await onsync.templates.list({ platform: "whatsapp" }, { signal });
  return data.filter(({ status }) => status.toLowerCase() === "approved");
}

function toParameterKey(position: number): string {
  return `parameter_${position}`;
}

const freeLanguageField = field("language", {
  helpText: "The language of the template as OnSync lists it, such as `en` or `ar`.",
  altersDynamicFields: true,
});
const freeValuesField = field("parameters", {
  label: "Values",
  helpText: "One value for each variable of the template's text, in order.",
  placeholder: "Sara",
});

function createLanguageField(versions: readonly Template[]): PlainInputField {
  const { placeholder: _placeholder, ...language } = freeLanguageField;
  return {
    ...language,
    helpText: "The languages this template is approved in.",
    choices: versions.map(({ language }) => ({ value: language, sample: language, label: language })),
    default: versions[0]?.language ?? "en",
  };
}

function createParameterFields(template: Template): PlainInputField[] {
  const body = findTemplateBody(template) ?? "";
  return listTemplateVariables(body).map((name, index) => ({
    key: toParameterKey(index + 1),
    label: /^\d+$/.test(name) ? `Value ${name}` : name,
    required: true,
    helpText: `Stands in the text where it says \`{{${name}}}\`: ${body}`,
  }));
}

/** An input field function: what there is to fill in once a template is chosen. */
export const templateFields = perform(async (context): Promise<PlainInputField[]> => {
  const name = readText(context.bundle.inputData, "template");
  if (name === undefined) return [];
  let templates: Template[];
  try {
    templates = await listApprovedTemplates(context);
  } catch (error) {
    // Without the list, or the permission to read it, a template can be sent all the same.
    if (isErrorNamed(error, "ExtensionUnavailableError") || isErrorNamed(error, "PermissionError"))
      return [freeLanguageField, freeValuesField];
    throw error;
  }
  const versions = templates.filter((template) => template.name === name);
  const language = readText(context.bundle.inputData, "language");
  const chosen = versions.find((version) => version.language === language) ?? versions[0];
  return chosen
    ? [createLanguageField(versions), ...createParameterFields(chosen)]
    : [freeLanguageField, freeValuesField];
});

/** The operation's input: the values of the variables, in order, whichever way they were given. */
export function readTemplateInput(schema: z.ZodObject, inputData: InputData): Record<string, unknown> {
  const input = readInput(schema, inputData);
  const positions = Object.keys(inputData)
    .map((key) => Number(/^parameter_(\d+)$/.exec(key)?.[1]))
    .filter((position) => position > 0);
  if (positions.length === 0) return input;
  // A value in the middle that is blank stays in its place: the operation names it, instead of moving up the next one.
  const parameters = Array.from(
    { length: Math.max(...positions) },
    (_, index) => readText(inputData, toParameterKey(index + 1)) ?? "",
  );
  return { ...input, parameters };
}
