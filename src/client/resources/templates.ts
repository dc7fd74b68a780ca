/** WhatsApp templates (extension). */
import type * as z from "zod";
import type { Envelope, Template, TemplatesQuery } from "../../api/index.ts";
import type { CallOptions, Settings } from "../context.ts";
import { perform } from "../retry.ts";

export type Templates = {
  /** Extension. All of them. */
  list(query?: z.input<typeof TemplatesQuery>, options?: CallOptions): Promise<{ data: Template[] } & Envelope>;
};

export function templatesOf(settings: Settings): Templates {
  return {
    async list(query, options) {
      return (await perform(settings, { name: "listTemplates", query }, options)).body as {
        data: Template[];
      } & Envelope;
    },
  };
}
