import * as z from "zod";
import { Platform } from "../api/fields.ts";
import { Template } from "../api/template/template.ts";
import { findTemplateBody, listTemplateVariables } from "../api/template/template-text.ts";
import { defineOperation } from "./operation.ts";

export const listTemplates = defineOperation({
  name: "list_templates",
  title: "List Templates",
  description: "Lists message templates with their language, status, text and variables.",
  input: z.strictObject({ platform: Platform.optional() }),
  output: z.looseObject({
    data: z.array(
      z.looseObject({
        ...Template.shape,
        variables: z.array(z.string()).meta({ description: "The body's variables, in order." }),
      }),
    ),
  }),
  effect: "reads",
  scope: "read:messages",
  extension: "listTemplates",
  toolsets: ["sending"],
  leftOut: { zapier: "the template dropdown" },
  run: async (onsync, query, context) => {
    const { data } = await onsync.templates.list(query, context);
    return {
      data: data.map((template) => ({
        ...template,
        // One that is no object has none: the others are shown all the same.
        variables: listTemplateVariables(findTemplateBody(template ?? {}) ?? ""),
      })),
    };
  },
});
