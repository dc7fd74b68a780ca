/** The text of a template and the variables in it. */
import type { Template } from "../types/messages.ts";

export function isTemplateBody(part: { type?: string } | null): boolean {
  return String(part?.type).toLowerCase() === "body";
}

/** The text of the body, which carries the variables that are filled in; `undefined` for a template without a body. */
export function findTemplateBody({ components }: Template): string | undefined {
  const text = Array.isArray(components) ? components.find(isTemplateBody)?.text : undefined;
  return typeof text === "string" ? text : undefined;
}

const variable = /\{\{\s*([\w.]+)\s*\}\}/gu;

/**
 * The variables of a text, in the order they are first used: `Hi {{1}}, {{2}}` gives `["1", "2"]`.
 * Numbered variables are sorted by number, as WhatsApp fills them by position.
 */
export function listTemplateVariables(text: string): string[] {
  const names = [...new Set([...text.matchAll(variable)].map((match) => match[1] as string))];
  return names.every((name) => /^\d+$/.test(name)) ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

/** The text with its variables filled in; one without a value stays as it is written. */
export function fillTemplateVariables(text: string, values: ReadonlyMap<string | undefined, string>): string {
  return text.replace(variable, (written, name: string) => values.get(name) ?? written);
}
