/** Where a template takes values: its header, its body and its URL buttons (docs/contract.md, "Messages"). */
import type { TemplateComponent } from "../message.ts";
import type { Template } from "./template.ts";
import { listTemplateVariables } from "./template-text.ts";

export const templateMedia = ["image", "document", "video"] as const;
export type TemplateMedia = (typeof templateMedia)[number];

/** A part of a template that takes values. */
export type TemplateSlot = {
  part: "header" | "body" | "button";
  /** Of a button, as WhatsApp counts them. */
  index?: number;
  /** What the button says. */
  label?: string;
  /** The kind of a header that is no text. */
  media?: TemplateMedia;
  /** The text, or the button's address, with its variables: `Hi {{1}}`. */
  text?: string;
  /** In the order in which they are filled in; those of a text that names them are words. */
  variables: readonly string[];
};

/** The parts that take values; a body or a header text without variables takes none. */
export function listTemplateSlots({ components }: Template): TemplateSlot[] {
  return (components ?? []).flatMap((component): TemplateSlot[] => {
    const type = toLowerCase(component.type);
    if (type === "buttons") return listButtonSlots(component.buttons);
    if (type !== "header" && type !== "body") return [];
    const media = templateMedia.find((kind) => kind === toLowerCase(component.format));
    if (type === "header" && media) return [{ part: "header", media, variables: [] }];
    const { text = "" } = component;
    const variables = listTemplateVariables(text);
    return variables.length === 0 ? [] : [{ part: type, text, variables }];
  });
}

function listButtonSlots(buttons: unknown): TemplateSlot[] {
  return (Array.isArray(buttons) ? (buttons as Record<string, unknown>[]) : []).flatMap((button, index) => {
    const text = String(button.url ?? "");
    const variables = toLowerCase(button.type) === "url" ? listTemplateVariables(text) : [];
    return variables.length === 0
      ? []
      : [{ part: "button" as const, index, label: String(button.text ?? index + 1), text, variables }];
  });
}

/** What does not fit between the parts of a template and the values for them; `undefined` where all fit. */
export function findSlotMismatch(
  slots: readonly TemplateSlot[],
  components: readonly TemplateComponent[],
): string | undefined {
  for (const slot of slots) {
    const given = components.find((component) => isOfSlot(component, slot))?.parameters ?? [];
    const wanted = slot.media ? 1 : slot.variables.length;
    const isMediaMissing = slot.media !== undefined && toLowerCase(given[0]?.type) !== slot.media;
    if (given.length !== wanted || isMediaMissing)
      return `It takes ${describeNeed(slot)}, and ${given.length} ${given.length === 1 ? "is" : "are"} given`;
  }
  const unexpected = components.find(
    (component) =>
      (component.parameters ?? []).length > 0 &&
      isPartOfText(component) &&
      !slots.some((slot) => isOfSlot(component, slot)),
  );
  return unexpected && `It takes no values in its ${toLowerCase(unexpected.type)}`;
}

/** Other buttons take what the caller likes to give, and other components are not told here. */
function isPartOfText(component: TemplateComponent): boolean {
  const type = toLowerCase(component.type);
  return type === "header" || type === "body" || (type === "button" && toLowerCase(component.sub_type) === "url");
}

function isOfSlot(component: TemplateComponent, { part, index }: TemplateSlot): boolean {
  return (
    toLowerCase(component.type) === part &&
    (part !== "button" || (toLowerCase(component.sub_type) === "url" && String(component.index) === String(index)))
  );
}

/** What a part takes, in words: `1 image in the header`. */
export function describeNeed({ part, index, media, variables }: TemplateSlot): string {
  const count = media ? 1 : variables.length;
  const place = part === "button" ? `button at index ${index}` : part;
  return `${count} ${media ?? "value"}${count === 1 ? "" : "s"} in the ${place}`;
}

function toLowerCase(value: unknown): string {
  return String(value ?? "").toLowerCase();
}
