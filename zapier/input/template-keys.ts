/**
 * The keys of a template's own fields. They carry the template, since Zapier keeps what was filled in for one when another is
 * chosen: a value under another template's key is nobody's.
 */
import { createHash } from "node:crypto";
import type { TemplateMedia } from "../../src/api/index.ts";

export type TemplateKeys = {
  bodyValue(variable: string): string;
  headerValue(variable: string): string;
  headerMedia(media: TemplateMedia): string;
  fileName: string;
  /** @param index of the button, from 0 */
  buttonValue(index: number): string;
};

export function createTemplateKeys(template: string): TemplateKeys {
  const suffix = createHash("sha256").update(template).digest("hex").slice(0, 8);
  return {
    bodyValue: (variable) => `body_${variable}_${suffix}`,
    headerValue: (variable) => `header_text_${variable}_${suffix}`,
    headerMedia: (media) => `header_${media}_${suffix}`,
    fileName: `header_filename_${suffix}`,
    buttonValue: (index) => `button_${index}_${suffix}`,
  };
}

/** The key of a value in versions of the form whose keys did not carry the template. */
export function toEarlierKey(position: number): string {
  return `parameter_${position}`;
}
