/** WhatsApp templates (extension). */
import type { Envelope } from "../../api/index.ts";
import type { Template, TemplatesQuery } from "../../api/types/messages.ts";
import { executeCall } from "../call.ts";
import type { ClientContext } from "../context.ts";
import type { CallOptions } from "../options.ts";

export type Templates = {
  /** Extension. All of them. */
  list(query?: TemplatesQuery, options?: CallOptions): Promise<{ data: Template[] } & Envelope>;
};

export function createTemplates(context: ClientContext): Templates {
  return {
    async list(query, options) {
      return (await executeCall(context, "listTemplates", { query }, options)).body;
    },
  };
}
