/**
 * The fields of a template: its languages, and one input for each variable of its text. Where the org has no template
 * list, or the name is mapped from an earlier step, language and values are typed in.
 */
import type { PlainInputField } from "zapier-platform-core";
import { type Template, templateVariables } from "../../src/api/index.ts";
import { isErrorNamed } from "../../src/client/index.ts";
import { operations } from "../../src/operations/index.ts";
import { perform, type Step } from "../perform.ts";
import { fieldsOf } from "./fields.ts";
import { inputOf, textInput } from "./inputs.ts";

const field = fieldsOf(operations.send_template.input);

/** The WhatsApp templates that can be sent now. */
export async function sendable({ onsync, signal }: Pick<Step, "onsync" | "signal">): Promise<Template[]> {
  return (await onsync.templates.list({ platform: "whatsapp" }, { signal })).data.filter(
    ({ status }) => status.toLowerCase() === "approved",
  );
}

export function bodyOf({ components }: Template): string {
  return components?.find(({ type }) => type.toLowerCase() === "body")?.text ?? "";
}

function valueKey(position: number): string {
  return `parameter_${position}`;
}

const typedLanguage = field("language", {
  helpText: "The language of the template as OnSync lists it, such as `en` or `ar`.",
  altersDynamicFields: true,
});
const typedValues = field("parameters", {
  label: "Values",
  helpText: "One value for each variable of the template's text, in order.",
  placeholder: "Sara",
});

function languageField(versions: readonly Template[]): PlainInputField {
  const { placeholder: _placeholder, ...language } = typedLanguage;
  return {
    ...language,
    helpText: "The languages this template is approved in.",
    choices: versions.map(({ language }) => ({ value: language, sample: language, label: language })),
    default: versions[0]?.language ?? "en",
  };
}

function valueFields(template: Template): PlainInputField[] {
  return templateVariables(bodyOf(template)).map((name, index) => ({
    key: valueKey(index + 1),
    label: /^\d+$/.test(name) ? `Value ${name}` : name,
    required: true,
    helpText: `Stands in the text where it says \`{{${name}}}\`: ${bodyOf(template)}`,
  }));
}

/** An input field function: what comes after the choice of a template. */
export const templateFields = perform(async (step): Promise<PlainInputField[]> => {
  const name = textInput(step.bundle.inputData, "template");
  if (name === undefined) return [];
  let templates: Template[];
  try {
    templates = await sendable(step);
  } catch (error) {
    // Without the list, or the permission to read it, a template can be sent all the same.
    if (isErrorNamed(error, "ExtensionUnavailableError") || isErrorNamed(error, "PermissionError"))
      return [typedLanguage, typedValues];
    throw error;
  }
  const versions = templates.filter((template) => template.name === name);
  const language = textInput(step.bundle.inputData, "language");
  const chosen = versions.find((version) => version.language === language) ?? versions[0];
  return chosen ? [languageField(versions), ...valueFields(chosen)] : [typedLanguage, typedValues];
});

/** The operation's input: the values of the variables, in order, whichever way they were given. */
export function templateInput(inputData: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const input = inputOf(operations.send_template.input, inputData);
  const given = Object.keys(inputData)
    .map((key) => Number(/^parameter_(\d+)$/.exec(key)?.[1]))
    .filter((position) => position > 0);
  if (given.length === 0) return input;
  // A value in the middle that is blank stays in its place: the operation names it, instead of moving up the next one.
  const parameters = Array.from(
    { length: Math.max(...given) },
    (_, index) => textInput(inputData, valueKey(index + 1)) ?? "",
  );
  return { ...input, parameters };
}
