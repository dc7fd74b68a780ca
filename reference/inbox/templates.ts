/** Templates that are sent: held against what is registered, refused as WhatsApp refuses them, and filled in. */
import type * as z from "zod";
import {
  type ErrorDetail,
  fillTemplateVariables,
  findTemplateBody,
  isTemplateBody,
  listTemplateVariables,
  type Template,
  type TemplateReference,
} from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { Refusal } from "../http/answers.ts";

type Sent = z.output<typeof TemplateReference>;
type Parameter = NonNullable<Sent["components"][number]["parameters"]>[number] & Record<string, unknown>;

/** A part of a registered template that takes values. `place` is how a message names it. */
type Slot = { place: string; words: string } & ({ variables: string[] } | { media: string });

const mediaFormats = ["image", "video", "document"];
const textTypes = ["text", "currency", "date_time"];

/**
 * The template that docs/onsync-api.txt sends ("Messaging API"): each org begins with it, so that its examples work as
 * they stand.
 */
export const documentedTemplate: Template & { platform: "whatsapp" } = {
  name: "order_follow_up",
  language: "en",
  status: "approved",
  platform: "whatsapp",
  category: "UTILITY",
  components: [{ type: "BODY", text: "Hi {{1}}, your order is on its way. Is there anything else we can do for you?" }],
};

function toList(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

function toLowerCase(value: unknown): string {
  return String(value ?? "").toLowerCase();
}

function listSlots(template: Template): Slot[] {
  return template.components.flatMap((part): Slot[] => {
    const type = toLowerCase(part.type);
    if (type === "buttons") {
      return toList(part.buttons).flatMap((button, index) =>
        toLowerCase(button.type) === "url" && listTemplateVariables(String(button.url)).length > 0
          ? [
              {
                place: `button url ${index}`,
                words: `button ${index}`,
                variables: listTemplateVariables(String(button.url)),
              },
            ]
          : [],
      );
    }
    if (type !== "header" && type !== "body") return [];
    const media = toLowerCase(part.format);
    if (type === "header" && mediaFormats.includes(media)) return [{ place: type, words: "the header", media }];
    return [{ place: type, words: `the ${type}`, variables: listTemplateVariables(part.text ?? "") }];
  });
}

function readPlace(component: Sent["components"][number] & Record<string, unknown>): string {
  const type = toLowerCase(component.type);
  return type === "button" ? `button ${toLowerCase(component.sub_type)} ${toLowerCase(component.index)}` : type;
}

/** Buttons whose values are the caller's to give or to leave. */
function isOptional(place: string): boolean {
  return /^button (?!url )/.test(place);
}

function readName(parameter: Parameter): string | undefined {
  return typeof parameter.parameter_name === "string" ? parameter.parameter_name : undefined;
}

function isPositional(variables: readonly string[]): boolean {
  return variables.every((name) => /^\d+$/.test(name));
}

/** What a value reads as in the text. */
function readText(parameter: Parameter): string {
  const { type, text } = parameter;
  const fallback = (parameter[type] as { fallback_value?: unknown } | undefined)?.fallback_value;
  return text ?? (typeof fallback === "string" ? fallback : "");
}

function findTextMismatch(slot: Slot & { variables: string[] }, parameters: readonly Parameter[]): string | undefined {
  const { variables, words } = slot;
  if (parameters.length !== variables.length) {
    return `must have ${variables.length} values for ${words}, and has ${parameters.length}`;
  }
  if (!parameters.every(({ type }) => textTypes.includes(toLowerCase(type)))) return `must be texts in ${words}`;
  if (parameters.some((parameter) => readText(parameter) === "")) return "must not have an empty value";
  const names = parameters.map(readName).filter((name) => name !== undefined);
  // A template with named variables takes values in their order, too.
  if (names.length === 0) return undefined;
  if (isPositional(variables)) return `must go by position: the variables of ${words} have no names`;
  const missing = variables.filter((variable) => !names.includes(variable));
  return missing.length > 0 ? `must name ${missing.join(", ")}: the variables of ${words}` : undefined;
}

function findMediaMismatch(media: string, parameters: readonly Parameter[]): string | undefined {
  return parameters.length === 1 && toLowerCase(parameters[0]?.type) === media
    ? undefined
    : `must have one ${media} for the header`;
}

/** What does not fit in the values that are sent. */
function findMismatches(template: Template, { components }: Sent): ErrorDetail[] {
  const slots = listSlots(template);
  const given = components.map((component, index) => ({
    place: readPlace(component),
    parameters: (component.parameters ?? []) as Parameter[],
    path: ["metadata", "template", "components", index, "parameters"],
  }));
  const finding = (path: (string | number)[], message: string): ErrorDetail => ({ path, code: "custom", message });
  const unexpected = given.flatMap(({ place, parameters, path }, index) => {
    if (given.findIndex((other) => other.place === place) < index) return [finding(path, `is the second ${place}`)];
    if (parameters.length === 0 || isOptional(place) || slots.some((slot) => slot.place === place)) return [];
    return [finding(path, `must be left out: the template has no ${place} that takes values`)];
  });
  const unfit = slots.flatMap((slot) => {
    const found = given.find(({ place }) => place === slot.place);
    const parameters = found?.parameters ?? [];
    const message = "media" in slot ? findMediaMismatch(slot.media, parameters) : findTextMismatch(slot, parameters);
    return message === undefined ? [] : [finding(found?.path ?? ["metadata", "template", "components"], message)];
  });
  return [...unexpected, ...unfit];
}

function templateRejected(message: string, details: ErrorDetail[]): Refusal {
  return new Refusal("template_rejected", `${message} Nothing was sent.`, { details });
}

/**
 * The registered template that a message names.
 * @throws Refusal 400 `template_rejected` where there is none, it is not approved, or the values do not fit it
 */
export function findSendableTemplate({ store }: ReferenceContext, orgId: string, sent: Sent): Template {
  const path = ["metadata", "template"];
  const template = store.templates.byName(orgId, "whatsapp", sent.name, sent.language);
  const title = `The template ${sent.name.slice(0, 100)} (${sent.language})`;
  if (!template) {
    const languages = store.templates
      .list(orgId, "whatsapp")
      .filter(({ name }) => name === sent.name)
      .map(({ language }) => language);
    const field = languages.length > 0 ? "language" : "name";
    const message =
      languages.length > 0 ? `must be one of ${languages.join(", ")}` : "is not the name of a template of this org";
    throw templateRejected(`${title} is not registered.`, [{ path: [...path, field], code: "custom", message }]);
  }
  if (toLowerCase(template.status) !== "approved") {
    throw templateRejected(`${title} is ${toLowerCase(template.status)}: only an approved one can be sent.`, [
      { path: [...path, "name"], code: "custom", message: `is ${toLowerCase(template.status)}, not approved` },
    ]);
  }
  const findings = findMismatches(template, sent);
  const [first] = findings;
  if (first) throw templateRejected(`${title} does not fit: ${first.path.join(".")} ${first.message}.`, findings);
  return template;
}

/** The template's body with the values that are sent; `null` for a template without a body. */
export function fillTemplate(template: Template, sent: Sent): string | null {
  const text = findTemplateBody(template);
  if (text === undefined) return null;
  const parameters = (sent.components.find(isTemplateBody)?.parameters ?? []) as Parameter[];
  const variables = listTemplateVariables(text);
  const values = new Map(
    parameters.map((parameter, index) => [readName(parameter) ?? variables[index], readText(parameter)]),
  );
  return fillTemplateVariables(text, values);
}
