/** WhatsApp templates (extension `GET /templates`). */
import * as z from "zod";
import { Platform } from "../fields.ts";
import type * as types from "../types/messages.ts";

/** A part of a template. `text` of the body and header carries the variables: `Hi {{1}}`. */
export const TemplatePart = z.looseObject({ type: z.string(), text: z.string().optional() });

export const Template = z
  .looseObject({
    name: z.string().meta({ title: "Name", examples: ["order_follow_up"] }),
    language: z.string().meta({ title: "Language", examples: ["en"] }),
    status: z.string().meta({ title: "Status", description: "approved, pending or rejected.", examples: ["approved"] }),
    platform: Platform.optional(),
    category: z.string().optional(),
    components: z.array(TemplatePart),
  })
  .meta({ id: "Template" });
export type Template = types.Template;

/** What a template is registered with on the reference API's control API. */
export const TemplateInput = z.strictObject({
  name: z.string().min(1).max(512),
  language: z.string().min(2).max(20).default("en"),
  status: z.string().default("approved"),
  platform: Platform.default("whatsapp"),
  category: z.string().optional(),
  components: z.array(TemplatePart).default([]),
});

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

/** The query of `GET /templates`. */
export const TemplatesQuery = z.strictObject({ platform: Platform.optional() });
