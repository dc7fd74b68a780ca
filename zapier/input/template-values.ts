/** The values of a template out of what a Zap hands over, held against the template before anything is sent. */
import type * as z from "zod";
import type { TemplateComponent, TemplateSlot } from "../../src/api/index.ts";
import { findSlotMismatch, templateMedia } from "../../src/api/template/template-slots.ts";
import { fitErrorText } from "../error-length.ts";
import { createHaltedError } from "../errors.ts";
import type { PerformContext } from "../perform.ts";
import { type InputData, readText } from "./input-data.ts";
import { checkAgainstTemplate } from "./known-template.ts";
import { readInput } from "./read-input.ts";
import { createTemplateKeys, toEarlierKey } from "./template-keys.ts";
import { describeButton, describeMedia, describeValue, isTemplateMapped } from "./templates.ts";

/** The most variables of a template whose list cannot be read: WhatsApp's texts are too short for more. */
const maxVariables = 100;

type Values = { parameters?: string[]; components?: TemplateComponent[] };
type Checked = Values & { problem?: { fix: string; details?: string[]; separator?: string } };

/** The operation's input: the values of the template, whichever way they were given. @throws HaltedError where they do not fit */
export async function readTemplateInput(
  schema: z.ZodObject,
  inputData: InputData,
  context: PerformContext,
): Promise<InputData> {
  const { parameters, components: _unread, ...input } = readInput(schema, inputData);
  const [name, language] = [readText(inputData, "template"), readText(inputData, "language")];
  if (name === undefined || language === undefined) return input;
  const typed = { parameters: parameters as string[] | undefined, ...readTypedComponents(inputData, context) };
  const isMapped = isTemplateMapped(context.bundle);
  const { problem, ...values } = await checkAgainstTemplate<Checked>(context, name, (known) => {
    const slots = known?.versions.find((version) => version.language === language)?.slots;
    if (known?.versions.length === 0)
      return {
        problem: {
          fix: `Choose an approved template in Template: there is no approved template named ${name.slice(0, 80)}. There are:`,
          details: known.others,
          separator: ", ",
        },
      };
    if (known && !slots)
      return {
        problem: {
          fix: `Choose another Language: the template is not approved in ${language}, only in`,
          details: known.versions.map((version) => version.language),
          separator: ", ",
        },
      };
    return chooseValues(inputData, name, slots, typed, isMapped);
  });
  if (problem) throw createHaltedError(context.z, fitErrorText(problem, undefined));
  return { ...input, ...values };
}

/** The fields that the form shows count: its own for a template of the list, the typed ones where the template is mapped. */
function chooseValues(
  inputData: InputData,
  name: string,
  slots: readonly TemplateSlot[] | undefined,
  typed: Values,
  isMapped: boolean,
): Checked {
  const isTyped = typed.parameters !== undefined || typed.components !== undefined;
  const own = readOwnValues(inputData, name, slots);
  if (own && !(isMapped && isTyped)) return own;
  const values = isTyped ? typed : readEarlierValues(inputData, slots);
  const body = slots?.find(({ part }) => part === "body");
  const filled = body && values.parameters ? nameValues(values, body) : values;
  const mismatch = slots && findSlotMismatch(slots, listComponents(filled));
  return mismatch === undefined
    ? filled
    : { problem: { fix: `Fill in the values that the template takes. ${mismatch}.` } };
}

function readTypedComponents(inputData: InputData, { z }: PerformContext): { components?: TemplateComponent[] } {
  const given = inputData.components;
  if (given === undefined || given === null || given === "") return {};
  let components: unknown = given;
  try {
    if (typeof given === "string") components = JSON.parse(given);
  } catch {
    components = undefined;
  }
  if (!Array.isArray(components) || components.some((each) => typeof each !== "object" || each === null))
    throw createHaltedError(
      z,
      'Template Components: must be a JSON list, such as [{"type": "header", "parameters": […]}].',
    );
  return components.length === 0 ? {} : { components: components as TemplateComponent[] };
}

/** What the fields of this very template hold; `undefined` where none of them is filled in. */
function readOwnValues(
  inputData: InputData,
  name: string,
  slots: readonly TemplateSlot[] | undefined,
): Checked | undefined {
  const found = (slots ?? findFilledSlots(inputData, name)).map((slot) => readSlot(slot, inputData, name));
  if (!found.some(({ isFilled }) => isFilled)) return undefined;
  const blank = found.flatMap(({ missing }) => missing);
  if (blank.length > 0)
    return {
      problem: { fix: "Fill in a value: WhatsApp refuses empty ones. Empty:", details: blank, separator: ", " },
    };
  const insecure = found.find(({ component }) => component.parameters?.some(hasInsecureLink));
  if (insecure) return { problem: { fix: "Give the header's file by its public address, which begins with https." } };
  return { components: found.map(({ component }) => component) };
}

type ReadSlot = { component: TemplateComponent; missing: string[]; isFilled: boolean };

function readSlot(slot: TemplateSlot, inputData: InputData, name: string): ReadSlot {
  const keys = createTemplateKeys(name);
  if (slot.media) {
    const link = readText(inputData, keys.headerMedia(slot.media));
    const filename = slot.media === "document" ? readText(inputData, keys.fileName) : undefined;
    const file = { link: link?.trim(), ...(filename !== undefined && { filename }) };
    return {
      component: { type: "header", parameters: [{ type: slot.media, [slot.media]: file }] },
      missing: link === undefined ? [describeMedia(slot.media)] : [],
      isFilled: link !== undefined,
    };
  }
  const isButton = slot.part === "button";
  const values = slot.variables.map((variable) => {
    if (isButton) return readText(inputData, keys.buttonValue(slot.index ?? 0));
    return readText(inputData, slot.part === "header" ? keys.headerValue(variable) : keys.bodyValue(variable));
  });
  const missing = slot.variables.filter((_, index) => values[index] === undefined);
  return {
    component: {
      type: slot.part,
      ...(isButton && { sub_type: "url", index: String(slot.index) }),
      parameters: toTextParameters(
        values.map((value) => value ?? ""),
        isButton ? [] : slot.variables,
      ),
    },
    missing: missing.map((variable) => (isButton ? describeButton(slot) : describeValue(variable, slot.part))),
    isFilled: missing.length < slot.variables.length,
  };
}

/** The slots that this template's own fields were made for, where the list cannot be read any more. */
function findFilledSlots(inputData: InputData, name: string): TemplateSlot[] {
  const keys = createTemplateKeys(name);
  const suffix = keys.bodyValue("").slice("body_".length);
  const listVariables = (prefix: string) =>
    Object.keys(inputData)
      .filter((key) => key.startsWith(prefix) && key.endsWith(suffix) && readText(inputData, key) !== undefined)
      .map((key) => key.slice(prefix.length, -suffix.length))
      .sort((a, b) => Number(a) - Number(b));
  const media = templateMedia.find((kind) => readText(inputData, keys.headerMedia(kind)) !== undefined);
  const [header, body, buttons] = ["header_text_", "body_", "button_"].map(listVariables);
  return [
    ...(media ? [{ part: "header" as const, media, variables: [] }] : []),
    ...(header?.length ? [{ part: "header" as const, variables: header }] : []),
    ...(body?.length ? [{ part: "body" as const, variables: body }] : []),
    ...(buttons ?? []).map((index) => ({ part: "button" as const, index: Number(index), variables: ["1"] })),
  ];
}

/** What a form filled in by an earlier version of the app holds: only the positions that the template has count. */
function readEarlierValues(inputData: InputData, slots: readonly TemplateSlot[] | undefined): Values {
  const body = slots?.find(({ part }) => part === "body");
  const count = slots ? (body?.variables.length ?? 0) : maxVariables;
  const positions = Array.from({ length: count }, (_, index) => index + 1);
  const last = positions.findLast((position) => toEarlierKey(position) in inputData);
  // A value in the middle that is blank stays in its place: the operation names it, instead of moving up the next one.
  return last === undefined
    ? {}
    : { parameters: positions.slice(0, last).map((position) => readText(inputData, toEarlierKey(position)) ?? "") };
}

/** Values in order, by the names that the template gives its variables. */
function nameValues({ parameters = [], components = [] }: Values, { variables }: TemplateSlot): Values {
  if (!areNamed(variables)) return { parameters, ...(components.length > 0 && { components }) };
  return { components: [{ type: "body", parameters: toTextParameters(parameters, variables) }, ...components] };
}

function listComponents({ parameters, components = [] }: Values): TemplateComponent[] {
  return parameters ? [{ type: "body", parameters: toTextParameters(parameters, []) }, ...components] : components;
}

function toTextParameters(values: readonly string[], variables: readonly string[]) {
  const isNamed = areNamed(variables);
  return values.map((text, index) => ({ type: "text", text, ...(isNamed && { parameter_name: variables[index] }) }));
}

function areNamed(variables: readonly string[]): boolean {
  return variables.some((name) => !/^\d+$/.test(name));
}

function hasInsecureLink(parameter: Record<string, unknown>): boolean {
  const file = parameter[String(parameter.type)] as { link?: unknown } | undefined;
  return typeof file === "object" && !/^https:\/\/\S+$/i.test(String(file.link));
}
