/**
 * The fields of a template: its languages, and one input for each value that it takes. Where the org has no template list, or
 * the name is mapped from an earlier step, language and values are typed in.
 */
import type { Bundle, PlainInputField } from "zapier-platform-core";
import type { Template, TemplateSlot } from "../../src/api/index.ts";
import { listTemplateSlots } from "../../src/api/template/template-slots.ts";
import { isErrorNamed } from "../../src/client/index.ts";
import { sendTemplate } from "../../src/operations/send-template.ts";
import { perform } from "../perform.ts";
import { createFieldBuilder } from "./field-builder.ts";
import { readText } from "./input-data.ts";
import { listApprovedTemplates } from "./known-template.ts";
import { createTemplateKeys } from "./template-keys.ts";

const field = createFieldBuilder(sendTemplate.input);

/** What was filled in for one template is cleared when another is chosen. */
const ofTemplate = { dependsOn: ["template"] } satisfies Partial<PlainInputField>;

const freeLanguageField = field("language", {
  helpText: "The language of the template as OnSync lists it, such as `en` or `ar`.",
  altersDynamicFields: true,
  ...ofTemplate,
});
const freeFields: PlainInputField[] = [
  freeLanguageField,
  field("parameters", {
    label: "Values",
    helpText: "One value for each variable of the template's text, in order.",
    placeholder: "Sara",
    ...ofTemplate,
  }),
  {
    key: "components",
    label: "Template Components",
    type: "json",
    required: false,
    helpText:
      'Values beyond the text, as WhatsApp\'s JSON list of components: a header\'s image, document or video, a button\'s address, named variables. Such as `[{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://…"}}]}]`. Leave it empty where the template has variables in its text only.',
    ...ofTemplate,
  },
];

/** Whether the template is mapped from an earlier step: then each run may send another one. */
export function isTemplateMapped({ inputDataRaw }: Partial<Bundle>): boolean {
  return /\{\{/.test(String(inputDataRaw?.template ?? ""));
}

/** English, where the template has it: which language is listed first says nothing. */
function chooseDefaultLanguage(versions: readonly Template[]): string {
  const languages = versions.map(({ language }) => language);
  return (
    languages.find((each) => each === "en") ?? languages.find((each) => /^en\b|^en_/.test(each)) ?? languages[0] ?? "en"
  );
}

function createLanguageField(versions: readonly Template[]): PlainInputField {
  const { placeholder: _placeholder, ...language } = freeLanguageField;
  return {
    ...language,
    helpText: "The languages this template is approved in.",
    choices: versions.map(({ language }) => ({ value: language, sample: language, label: language })),
    default: chooseDefaultLanguage(versions),
  };
}

/** What the form calls a value. */
export function describeValue(variable: string, part: TemplateSlot["part"]): string {
  const name = /^\d+$/.test(variable) ? `Value ${variable}` : variable;
  return part === "header" ? `Header ${name}` : name;
}

function createMediaFields(media: NonNullable<TemplateSlot["media"]>, template: string): PlainInputField[] {
  const keys = createTemplateKeys(template);
  const label = describeMedia(media);
  const address: PlainInputField = {
    key: keys.headerMedia(media),
    label,
    required: true,
    helpText: `The public https address of the ${media} that the message begins with.`,
    placeholder: `https://example.com/${media}`,
    ...ofTemplate,
  };
  const fileName: PlainInputField = {
    key: keys.fileName,
    label: "Header File Name",
    required: false,
    helpText: "What the customer sees the document called.",
    placeholder: "invoice.pdf",
    ...ofTemplate,
  };
  return media === "document" ? [address, fileName] : [address];
}

export function describeMedia(media: string): string {
  return `Header ${media[0]?.toUpperCase()}${media.slice(1)}`;
}

/** What the form calls the value of a button. */
export function describeButton({ label, index = 0 }: TemplateSlot): string {
  return `Button ${index + 1}${label === undefined ? "" : ` (${label})`}`;
}

function createSlotFields(slot: TemplateSlot, template: string): PlainInputField[] {
  const keys = createTemplateKeys(template);
  if (slot.media) return createMediaFields(slot.media, template);
  if (slot.part === "button")
    return [
      {
        key: keys.buttonValue(slot.index ?? 0),
        label: describeButton(slot),
        required: true,
        helpText: `Completes the address that the button opens: \`${slot.text}\``,
        ...ofTemplate,
      },
    ];
  const toKey = slot.part === "header" ? keys.headerValue : keys.bodyValue;
  return slot.variables.map((variable) => ({
    key: toKey(variable),
    label: describeValue(variable, slot.part),
    required: true,
    helpText: `Stands in the text where it says \`{{${variable}}}\`: ${slot.text}`,
    ...ofTemplate,
  }));
}

/** An input field function: what there is to fill in once a template is chosen. */
export const templateFields = perform(async (context): Promise<PlainInputField[]> => {
  const name = readText(context.bundle.inputData, "template");
  if (name === undefined) return [];
  if (isTemplateMapped(context.bundle)) return freeFields;
  let templates: Template[];
  try {
    templates = await listApprovedTemplates(context);
  } catch (error) {
    // Without the list, or the permission to read it, a template can be sent all the same.
    if (isErrorNamed(error, "ExtensionUnavailableError") || isErrorNamed(error, "PermissionError")) return freeFields;
    throw error;
  }
  const versions = templates.filter((template) => template.name === name);
  const language = readText(context.bundle.inputData, "language") ?? chooseDefaultLanguage(versions);
  const chosen =
    versions.find((version) => version.language === language) ??
    versions.find((version) => version.language === chooseDefaultLanguage(versions));
  return chosen
    ? [createLanguageField(versions), ...listTemplateSlots(chosen).flatMap((slot) => createSlotFields(slot, name))]
    : freeFields;
});
