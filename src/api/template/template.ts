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

/** The query of `GET /templates`. */
export const TemplatesQuery = z.strictObject({ platform: Platform.optional() });
