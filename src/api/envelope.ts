/** What every answer carries, and the errors (docs/onsync-api.txt, "Errors & observability"). */
import * as z from "zod";
import { Timestamp } from "./fields.ts";
import type * as types from "./types/messages.ts";

export const RequestId = z
  .string()
  .meta({ description: "Quote this to support@onsync.com when you need help.", examples: ["req_3cfa"] });

/** Fields of every body, success or error. */
export const envelope = { requestId: RequestId, timestamp: Timestamp };
export type Envelope = { requestId: string; timestamp: string };

/** The error codes and the status each belongs to (docs/contract.md, "Errors"). */
export const errorCodes = {
  validation_failed: { status: 400, meaning: "Body, path or query is invalid. `details` names each field." },
  outside_messaging_window: {
    status: 400,
    meaning: "A free-form WhatsApp message outside the 24-hour window. Nothing was sent. Send a template instead.",
  },
  template_rejected: {
    status: 400,
    meaning:
      "A template that is not registered or not approved, or whose values do not fit it. Nothing was sent. `details` names what to change.",
  },
  invalid_api_key: { status: 401, meaning: "The key is missing, malformed, unknown or revoked." },
  insufficient_scope: { status: 403, meaning: "The key lacks a scope. `details` names it." },
  not_found: { status: 404, meaning: "There is no such object." },
  unknown_endpoint: { status: 404, meaning: "There is no such route." },
  method_not_allowed: { status: 405, meaning: "The route exists, with other methods (see `Allow`)." },
  duplicate: {
    status: 409,
    meaning: "The identifiers belong to other contacts. `details` lists their ids. Nothing changed.",
  },
  payload_too_large: { status: 413, meaning: "The body is larger than 1 MiB." },
  unsupported_media_type: { status: 415, meaning: "The body is not `application/json`." },
  rate_limited: { status: 429, meaning: "The org's hourly budget is spent. Wait for `Retry-After` seconds." },
  internal: { status: 500, meaning: "An error of OnSync's own." },
  unavailable: { status: 503, meaning: "OnSync is not available for the moment." },
} as const satisfies Record<string, { status: number; meaning: string }>;
export type ErrorCode = keyof typeof errorCodes;

/** Errors that any endpoint may give. */
export const commonErrors = [
  "validation_failed",
  "invalid_api_key",
  "rate_limited",
  "internal",
  "unavailable",
] as const satisfies readonly ErrorCode[];

/** One finding, as Zod reports it: where (`path`), what kind (`code`), and what to do (`message`). */
export const ErrorDetail = z
  .looseObject({
    path: z.array(z.union([z.string(), z.number()])),
    code: z.string(),
    message: z.string(),
  })
  .meta({
    id: "ErrorDetail",
    examples: [{ path: ["phone"], code: "custom", message: "must be a phone number in E.164 form" }],
  });
export type ErrorDetail = z.infer<typeof ErrorDetail>;

/** Why only a template may be sent: the conversation is outside WhatsApp's 24-hour window. */
export const TemplateWindowStatus = z
  .looseObject({
    open: z.boolean(),
    lastInboundAt: Timestamp.nullable(),
    expiredAt: Timestamp.nullable(),
    requiresTemplate: z.boolean(),
  })
  .meta({
    id: "TemplateWindowStatus",
    description: "Present when the WhatsApp conversation is outside the 24-hour window.",
    examples: [
      {
        open: false,
        lastInboundAt: "2024-12-01T10:00:00.000Z",
        expiredAt: "2024-12-02T10:00:00.000Z",
        requiresTemplate: true,
      },
    ],
  });
export type TemplateWindowStatus = types.TemplateWindowStatus;

export const ErrorBody = z
  .looseObject({
    error: z.looseObject({
      code: z
        .string()
        .meta({ description: `One of ${Object.keys(errorCodes).join(", ")}.`, examples: ["validation_failed"] }),
      message: z.string().meta({ examples: ["phone must be a phone number in E.164 form, such as +971500000000"] }),
      details: z.array(ErrorDetail).optional(),
    }),
    templateWindowStatus: TemplateWindowStatus.optional(),
    ...envelope,
  })
  .meta({ id: "Error" });
export type ErrorBody = z.infer<typeof ErrorBody>;
