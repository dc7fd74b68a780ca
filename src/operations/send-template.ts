import * as z from "zod";
import { Metadata } from "../api/fields.ts";
import { SentMessage, TemplateComponent, TemplateLanguage, TemplateName } from "../api/message.ts";
import { isTemplateBody } from "../api/template/template-text.ts";
import { defineOperation } from "./operation.ts";
import { RecipientAddress } from "./recipient.ts";

const input = z
  .strictObject({
    platform: z
      .literal("whatsapp", { error: "templates are sent on whatsapp only" })
      .default("whatsapp")
      .meta({ title: "Platform", description: "Templates are sent on whatsapp only." }),
    to: RecipientAddress.meta({
      title: "To",
      description: "The customer's phone number in E.164 form.",
      examples: ["+971500000000"],
    }),
    template: TemplateName,
    language: TemplateLanguage,
    parameters: z
      .array(z.string().min(1, { error: "must not be empty: WhatsApp refuses empty values" }).max(1024))
      .default([])
      .meta({
        title: "Parameters",
        description: "Values of the body's variables, in order: {{1}}, {{2}} and so on.",
        examples: [["Sara"]],
      }),
    components: z
      .array(TemplateComponent)
      .max(20)
      .default([])
      .meta({
        title: "Components",
        description:
          "What parameters cannot say, in WhatsApp's form: a header's text, image, document or video, a URL button's value, named variables.",
        examples: [
          [{ type: "header", parameters: [{ type: "image", image: { link: "https://example.com/box.jpg" } }] }],
        ],
      }),
    metadata: Metadata.optional(),
  })
  .refine(({ parameters, components }) => parameters.length === 0 || !components.some(isTemplateBody), {
    error: "give the body's values in parameters or in components, not in both",
    path: ["components"],
  });

export const sendTemplate = defineOperation({
  name: "send_template",
  title: "Send WhatsApp Template",
  description: "Sends an approved WhatsApp template to a customer, inside or outside the 24-hour window.",
  input,
  output: SentMessage,
  effect: "sends",
  scope: "write:messages",
  toolsets: ["sending"],
  leftOut: {},
  run: (onsync, { platform, to, template, language, parameters, components, metadata }, context) => {
    const body = { type: "body", parameters: parameters.map((text) => ({ type: "text", text })) };
    return onsync.messages.send(
      {
        platform,
        to,
        messageType: "template",
        metadata: {
          ...metadata,
          template: {
            name: template,
            language,
            components: parameters.length === 0 ? components : [body, ...components],
          },
        },
      },
      context,
    );
  },
});
