/** What the control API takes. */
import * as z from "zod";
import {
  Address,
  Instant,
  isPhone,
  MessageStatus,
  MessageText,
  normalizePhone,
  Platform,
  Scope,
  scopes,
  TemplateInput,
  WebhookId,
} from "../../src/api/index.ts";
import { AssigneeInput } from "../automation/input.ts";
import { maxCeiling } from "../inbox/budget.ts";

/** The org something is for; the default org unless one is named. */
const orgId = z.string().min(1).optional();

export const Ceiling = z.int().min(1).max(maxCeiling);
export const ScopeList = z.array(Scope).overwrite((list) => [...new Set(list)]);

export const OrgInput = z.strictObject({ name: z.string().min(1).max(200), rateLimit: Ceiling.optional() });
export const KeyInput = z.strictObject({
  orgId,
  scopes: ScopeList.default([...scopes]),
  /** What it is for. */
  label: z.string().trim().min(1).max(100).optional(),
});

export const InboundInput = z
  .strictObject({
    platform: Platform,
    /** The customer's address: a phone number on WhatsApp. */
    from: Address,
    content: MessageText,
    /** The customer's name, for a contact that is new. */
    name: z.string().max(200).optional(),
    orgId,
  })
  .refine(({ platform, from }) => platform !== "whatsapp" || isPhone(normalizePhone(from)), {
    error: "on WhatsApp, from must be a phone number in E.164 form, such as +971500000000",
    path: ["from"],
  });

export const StatusInput = z.strictObject({
  status: MessageStatus,
  failureReason: z.string().min(1).max(1000).optional(),
});

export const AssignInput = z.strictObject({ assignee: AssigneeInput, orgId });
export const ResolveInput = z.strictObject({ orgId });

export const DeliveriesQuery = z.strictObject({
  webhookId: WebhookId.optional(),
  /** The latest so many, oldest first. */
  limit: z.number().int().min(1).max(10_000).default(1000),
});

const maxAdvanceMs = 100 * 365 * 24 * 60 * 60 * 1000;
export const ClockInput = z
  .strictObject({
    /** Stops the clock. */
    freeze: z.literal(true).optional(),
    /** Moves it forward, through everything that falls due on the way. */
    advanceMs: z.int().min(0).max(maxAdvanceMs).optional(),
    /** Sets it, to an ISO 8601 time or to milliseconds since 1970. */
    now: z.union([Instant, z.int().min(0).max(253_402_300_799_999)]).optional(),
    /** Lets it run on from where it stands. */
    resume: z.literal(true).optional(),
  })
  .refine((change) => !(change.freeze && change.resume), {
    error: "cannot go with freeze; give one of them",
    path: ["resume"],
  });

export const TemplateRegistration = TemplateInput.extend({ orgId });
export const TemplatesQuery = z.strictObject({ orgId });
