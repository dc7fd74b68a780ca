/** The OnSync wire format, stated once: docs/onsync-api.txt, and docs/contract.md, which settles what that leaves open. */
export * from "./account.ts";
export * from "./contact.ts";
export * from "./conversation.ts";
export * from "./endpoints.ts";
export * from "./envelope.ts";
export * from "./events.ts";
export * from "./fields.ts";
export * from "./identifiers.ts";
export * from "./issues.ts";
export * from "./message.ts";
export * from "./messaging-window.ts";
export * from "./samples/index.ts";
export * from "./template/template.ts";
export * from "./template/template-slots.ts";
export * from "./webhook.ts";
