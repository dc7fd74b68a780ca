/** What the documentation's examples send, and what their answers look like. */
import { expect } from "@jest/globals";
import { start } from "../caller.ts";

const ulid = "[0-9A-HJKMNP-TV-Z]{26}";

export function id(prefix: string) {
  return expect.stringMatching(new RegExp(`^${prefix}_${ulid}$`));
}

export const now = new Date(start).toISOString();

export const envelope = { requestId: id("req"), timestamp: now };

export function contact(orgId: string) {
  return {
    id: id("contact"),
    firstName: "Sara",
    lastName: "Hussein",
    phone: "+971500000000",
    email: "sara@example.com",
    tags: ["lead", "expo"],
    channel: "instagram",
    properties: { source: "Expo booth", language: "en", externalId: "crm_8740" },
    orgId,
    createdAt: now,
    updatedAt: now,
  };
}

/** The body of the documentation's curl command for messages, character by character. */
export const sendMessage = `{
"platform": "whatsapp",
"to": "+971500000000",
"messageType": "text",
"content": "Welcome to OnSync. Reply STOP to unsubscribe.",
"metadata": {
"source": "api",
"campaign": "expo-follow-up"
}
}`;
