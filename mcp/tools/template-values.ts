/**
 * What fills a template beside its body's numbered variables, as an agent says it: a line a value, in the form that
 * list_templates shows, such as `header image=https://example.com/a.png`. WhatsApp's own components are taken as well.
 */
import { type TemplateSlot, templateMedia } from "../../src/api/index.ts";
import type { JsonSchema } from "./schema.ts";

export const templateValuesSchema: JsonSchema = {
  type: "array",
  items: { type: "string" },
  description: "As list_templates shows them, such as header image=https://example.com/a.png",
};

type Component = { [field: string]: unknown; parameters: object[] };

const form = /^\s*(header|body|button)\s+([\w.]+)\s*=/i;

/** The beginning of each line that fills the slot: the value is written behind it. */
export function listValueForms({ part, index, media, variables }: TemplateSlot): string[] {
  if (media) return [`${part} ${media}=`];
  if (part === "button") return [`${part} ${index}=`];
  return variables.map((name) => `${part} ${name}=`);
}

function toParameter(key: string, value: string): object {
  const media = templateMedia.find((kind) => kind === key.toLowerCase());
  if (media) return { type: media, [media]: { link: value.trim() } };
  return { type: "text", ...(!/^\d+$/.test(key) && { parameter_name: key }), text: value };
}

/** The lines as WhatsApp's components. What is in that form already, or in neither, stays as it came. */
export function toTemplateComponents(lines: unknown): unknown {
  if (!Array.isArray(lines)) return lines;
  const components = new Map<string, Component>();
  for (const line of lines) {
    const [start, type = "", key = ""] = (typeof line === "string" && form.exec(line)) || [];
    if (start === undefined) return lines;
    const part = type.toLowerCase();
    const button = part === "button" ? { sub_type: "url", index: key } : undefined;
    const place = button ? `${part} ${key}` : part;
    const component = components.get(place) ?? { type: part, ...button, parameters: [] };
    component.parameters.push(toParameter(button ? "1" : key, (line as string).slice(start.length)));
    components.set(place, component);
  }
  return [...components.values()];
}
