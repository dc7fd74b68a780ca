/**
 * Rows without what names a person: numbers and addresses become pseudonyms, by which rows can still be joined, names and texts are
 * masked. What is not known to be harmless is left out, so that a new field of OnSync's tells nothing.
 */
import { createHmac } from "node:crypto";
import { parseConversationId } from "../../api/index.ts";
import type { ExportRow, TableName } from "./records.ts";

export type Redact = (table: TableName, row: ExportRow) => ExportRow;

type Mask = "keep" | "id" | "address" | "conversation" | "text" | "metadata" | "properties" | "assignee";

const masks: Readonly<Record<TableName, Readonly<Record<string, Mask>>>> = {
  contacts: {
    ...{ id: "id", orgId: "id", firstName: "text", lastName: "text", phone: "address", email: "address" },
    ...{ channel: "keep", tags: "keep", properties: "properties", createdAt: "keep", updatedAt: "keep" },
  },
  messages: {
    ...{ id: "id", conversationId: "conversation", platform: "keep", to: "address", type: "keep", direction: "keep" },
    ...{ status: "keep", failureReason: "text", content: "text", metadata: "metadata", createdAt: "keep" },
  },
  conversations: {
    ...{ id: "conversation", platform: "keep", contactId: "id", status: "keep", assignee: "assignee" },
    ...{ createdAt: "keep", updatedAt: "keep", resolvedAt: "keep", lastMessageAt: "keep", lastInboundAt: "keep" },
  },
};

const ownId = /^[a-z]{2,12}_[0-9A-Za-z]{1,40}$/;
/** Of `metadata` and `properties`, what tells of a campaign and not of a person. */
const keptFields = new Set(["source", "campaign", "language"]);

/** @param secret the same gives the same pseudonyms; whoever has it can try out numbers */
export function createRedaction(secret: string): Redact {
  const pseudonym = (text: string) =>
    `~${createHmac("sha256", secret).update("redact").update("\0").update(text).digest("base64url").slice(0, 16)}`;
  const maskConversation = (id: string) => {
    const parsed = parseConversationId(id);
    return parsed ? `${parsed.platform}:${pseudonym(parsed.address)}` : pseudonym(id);
  };
  const apply: Readonly<Record<Mask, (value: unknown) => unknown>> = {
    keep: (value) => value,
    id: (value) => (ownId.test(String(value)) ? value : pseudonym(String(value))),
    address: (value) => pseudonym(String(value)),
    conversation: (value) => maskConversation(String(value)),
    text: (value) => `[${[...String(value)].length} characters]`,
    metadata: (value) => maskFields(value, pseudonym),
    properties: (value) => maskFields(value, pseudonym),
    assignee: (value) => ({ id: pseudonymOfField(value, "id", pseudonym) }),
  };
  return (table, row) => {
    const masked: ExportRow = {};
    for (const [name, mask] of Object.entries(masks[table])) {
      const value = row[name];
      if (value !== undefined) masked[name] = value === null ? null : apply[mask](value);
    }
    return masked;
  };
}

/** The names of the fields stay, and of a template which it is. */
function maskFields(value: unknown, pseudonym: (text: string) => string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (keptFields.has(name) && typeof field === "string") return [name, field];
      if (name === "externalId" && field !== null) return [name, pseudonym(String(field))];
      return [name, name === "template" ? readTemplate(field) : "[masked]"];
    }),
  );
}

function readTemplate(template: unknown): unknown {
  const { name, language } = (template ?? {}) as Record<string, unknown>;
  return { name, language };
}

function pseudonymOfField(value: unknown, name: string, pseudonym: (text: string) => string): unknown {
  const field = (value as Record<string, unknown>)[name];
  if (field === undefined || field === null) return null;
  return ownId.test(String(field)) ? field : pseudonym(String(field));
}
