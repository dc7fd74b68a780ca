/** The examples of the OpenAPI document: the samples of the wire format, and one error of each code. */
import { type EndpointName, type ErrorBody, type ErrorCode, type ErrorDetail, samples } from "../../src/api/index.ts";

const envelope = { requestId: "req_01JGDP5CQ0X7M3V9T2R8K4N6WY", timestamp: "2024-12-01T11:00:00.000Z" };

/** Request bodies, by name; the first ones are those of docs/onsync-api.txt. */
export const requestExamples: Partial<Record<EndpointName, Record<string, unknown>>> = {
  saveContact: { contact: samples.contactInput },
  updateContact: {
    tags: { tags: ["customer", "expo"] },
    clearing: { lastName: null, properties: { language: "ar", source: null } },
  },
  sendMessage: { text: samples.textInput, template: samples.templateInput },
  createWebhook: { webhook: samples.webhookInput },
};

export const answerExamples: Record<EndpointName, Record<string, unknown>> = {
  saveContact: { contact: { ...samples.contact, ...envelope } },
  listContacts: { page: { data: [samples.contact], nextCursor: null, ...envelope } },
  getContact: { contact: { ...samples.contactWithActivity, ...envelope } },
  updateContact: { contact: { ...samples.updatedContact, ...envelope } },
  sendMessage: {
    text: { ...samples.sentMessage, ...envelope },
    templateOutsideTheWindow: { ...samples.sentTemplate, ...envelope },
  },
  listConversations: { page: { data: [samples.assignedConversation], nextCursor: null, ...envelope } },
  listMessages: {
    page: {
      data: [samples.inboundMessage],
      requestId: envelope.requestId,
      nextBefore: samples.inboundMessage.createdAt,
      timestamp: envelope.timestamp,
    },
  },
  createWebhook: { webhook: { ...samples.createdWebhook, ...envelope } },
  listWebhooks: { webhooks: { data: [samples.webhook], ...envelope } },
  deleteWebhook: { webhook: { id: samples.createdWebhook.id, deleted: true, ...envelope } },
  getAccount: { account: { ...samples.account, ...envelope } },
  listTemplates: { templates: { data: [samples.template], ...envelope } },
};

const errors: Record<ErrorCode, { message: string; details?: ErrorDetail[] }> = {
  validation_failed: {
    message: "phone must be a phone number in E.164 form, such as +971500000000",
    details: [
      { path: ["phone"], code: "custom", message: "must be a phone number in E.164 form, such as +971500000000" },
    ],
  },
  outside_messaging_window: {
    message:
      "The 24-hour window of +971500000000 closed at 2024-11-30T10:00:00.000Z. Nothing was sent. Send a template message instead, or wait until the customer writes.",
  },
  template_rejected: {
    message: "The template order_follow_up (en) is pending: only an approved one can be sent. Nothing was sent.",
    details: [{ path: ["metadata", "template", "name"], code: "custom", message: "is pending, not approved" }],
  },
  invalid_api_key: { message: "The key is unknown. Generate one under Settings -> API & Webhooks." },
  insufficient_scope: {
    message: "The key lacks the scope write:messages. Edit the key in the UI to grant it.",
    details: [
      { path: ["scope"], code: "insufficient_scope", message: "needs write:messages", scope: "write:messages" },
    ],
  },
  not_found: { message: `There is no contact ${samples.contact.id} in this org.` },
  unknown_endpoint: { message: "There is no endpoint GET /v1/me. Check the path and the base URL." },
  method_not_allowed: { message: "PUT is not a method of /v1/contacts. Use POST." },
  duplicate: {
    message:
      "The identifiers belong to 2 different contacts (contact_01JGDNWSW9, contact_01JGDR3F5T). Nothing changed. Update one of them by its id, or send the identifiers of one contact only.",
    details: [
      {
        path: ["phone"],
        code: "duplicate",
        message: "belongs to contact contact_01JGDNWSW9",
        contactId: "contact_01JGDNWSW9",
      },
      {
        path: ["email"],
        code: "duplicate",
        message: "belongs to contact contact_01JGDR3F5T",
        contactId: "contact_01JGDR3F5T",
      },
    ],
  },
  payload_too_large: { message: "The body is larger than 1 MiB (1048576 bytes). Send less in one request." },
  unsupported_media_type: { message: "The body must be JSON with the header `Content-Type: application/json`." },
  rate_limited: {
    message:
      "The org's 1000 requests an hour are spent. Wait 4 s before the next request, or ask support for a higher ceiling.",
  },
  internal: { message: "Something went wrong on our side." },
  unavailable: { message: "The API is shutting down. Try again later." },
};

export function errorExample(code: ErrorCode): ErrorBody {
  return {
    error: { code, ...errors[code] },
    ...(code === "outside_messaging_window" ? { templateWindowStatus: samples.sentTemplate.templateWindowStatus } : {}),
    ...envelope,
  };
}
