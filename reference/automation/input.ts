/** What Smart Triggers, summaries and the carrier are told. */
import * as z from "zod";
import { MessageText, Platform, someText, Tags, TemplateLanguage, TemplateName } from "../../src/api/index.ts";

/** The org something is for; the default org unless one is named. */
const orgId = z.string().min(1).optional();

/** A teammate by id, e-mail address or name, or anybody else, described. */
export const AssigneeInput = z.union([
  z.string().min(1).max(200),
  z.strictObject({
    id: z.string().min(1).max(200).optional(),
    name: z.string().min(1).max(200).optional(),
    email: z.string().max(254).nullish(),
  }),
]);

const TriggerName = someText(100).regex(/\S/u, { error: "must not be blank" });

const WhenInput = z.strictObject({
  /** Who wrote the message: the customer (`inbound`), the org (`outbound`), or either of them. */
  direction: z.enum(["inbound", "outbound", "any"]).default("inbound"),
  /** All of them unless some are named. */
  platforms: z
    .array(Platform)
    .min(1, { error: "must name a platform; leave it out for all of them" })
    .overwrite((all) => [...new Set(all)])
    .optional(),
  /** Phrases of which one stands in the message, in any case. Any message unless some are given. */
  contains: z
    .array(someText(200).regex(/\S/u, { error: "must not be blank" }))
    .min(1, { error: "must have a phrase; leave it out for any message" })
    .max(50)
    .optional(),
});

const ReplyInput = z
  .strictObject({
    /** A text, or a template: one of them. */
    text: MessageText.optional(),
    template: TemplateName.optional(),
    language: TemplateLanguage.optional(),
    /** The values of the template's body, in their order. */
    parameters: z.array(someText(1024)).max(100).optional(),
  })
  .superRefine(({ text, template, language, parameters }, context) => {
    const find = (path: string[], message: string): void => context.addIssue({ code: "custom", path, message });
    if (text === undefined && template === undefined) find([], "needs a text or a template");
    if (text !== undefined && template !== undefined) find(["template"], "cannot go with text; give one of them");
    if (template !== undefined && language === undefined) find(["language"], "is required with a template, such as en");
    if (template === undefined && language !== undefined) find(["language"], "goes with a template only; leave it out");
    if (template === undefined && parameters !== undefined) {
      find(["parameters"], "go with a template only; leave them out");
    }
  });

const ActionsInput = z
  .strictObject({
    addTags: Tags.refine((tags) => tags.length > 0, { error: "must have a tag; leave it out to add none" }).optional(),
    assign: AssigneeInput.optional(),
    reply: ReplyInput.optional(),
  })
  .refine((actions) => Object.values(actions).some((action) => action !== undefined), {
    error: "needs at least one of addTags, assign and reply",
  });

export const TriggerInput = z.strictObject({
  name: TriggerName,
  enabled: z.boolean().default(true),
  when: WhenInput.default({ direction: "inbound" }),
  actions: ActionsInput,
  orgId,
});

/** Any subset; `when` and `actions` are replaced whole. */
export const TriggerPatch = z.strictObject({
  name: TriggerName.optional(),
  enabled: z.boolean().optional(),
  when: WhenInput.optional(),
  actions: ActionsInput.optional(),
});

export const TriggersQuery = z.strictObject({ orgId });

/** `limit`: the latest so many. */
export const AutomationQuery = TriggersQuery.extend({ limit: z.number().int().min(1).max(1000).default(100) });

export const SummaryChange = z.strictObject({
  enabled: z.boolean(),
  /** A conversation is summarised anew after so many messages. */
  everyMessages: z.int().min(1).max(100).default(3),
  orgId,
});
export type SummarySettings = { enabled: boolean; everyMessages: number };

const Delay = z
  .int()
  .min(0)
  .max(24 * 60 * 60 * 1000);
export const CarrierInput = z
  .strictObject({
    /** `delivers`: each message is sent, delivered and read. `fails`: it is sent, and then it fails. */
    mode: z.enum(["off", "delivers", "fails"]),
    /** Milliseconds of the reference's clock after the message was made. */
    sentAfterMs: Delay.default(1000),
    deliveredAfterMs: Delay.default(3000),
    readAfterMs: Delay.default(8000),
  })
  .superRefine(({ sentAfterMs, deliveredAfterMs, readAfterMs }, context) => {
    const find = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (deliveredAfterMs < sentAfterMs) find("deliveredAfterMs", `must be at least sentAfterMs (${sentAfterMs})`);
    if (readAfterMs < deliveredAfterMs) find("readAfterMs", `must be at least deliveredAfterMs (${deliveredAfterMs})`);
  });
export type CarrierSettings = z.output<typeof CarrierInput>;
