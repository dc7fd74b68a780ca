/** The types of the API's objects, with what their schemas say of each field. */
import type * as z from "zod";
import * as api from "../../src/api/index.ts";
import { type Side, TypeWriter } from "./type-source.ts";

/** By the file of src/api/types, the types in it by their names, in an order in which each has what it needs. */
const types: Record<string, Record<string, [z.ZodType, Side]>> = {
  contacts: {
    ContactInput: [api.ContactInput, "given"],
    ContactPatch: [api.ContactPatch, "given"],
    ContactsQuery: [api.ContactsQuery, "given"],
    Contact: [api.Contact, "answered"],
    ContactActivity: [api.ContactActivity, "answered"],
    ContactWithActivity: [api.ContactWithActivity, "answered"],
  },
  messages: {
    TemplateWindowStatus: [api.TemplateWindowStatus, "answered"],
    MessageInput: [api.MessageInput, "given"],
    Message: [api.Message, "answered"],
    SentMessage: [api.SentMessage, "answered"],
    Template: [api.Template, "answered"],
    TemplatesQuery: [api.TemplatesQuery, "given"],
  },
  conversations: {
    ConversationsQuery: [api.ConversationsQuery, "given"],
    Assignee: [api.Assignee, "answered"],
    Conversation: [api.Conversation, "answered"],
    ListedConversation: [api.ListedConversation, "answered"],
  },
  account: {
    Account: [api.Account, "answered"],
    WebhookInput: [api.WebhookInput, "given"],
    WebhookStats: [api.WebhookStats, "answered"],
    Webhook: [api.Webhook, "answered"],
    CreatedWebhook: [api.CreatedWebhook, "answered"],
    DeletedWebhook: [api.DeletedWebhook, "answered"],
  },
};

function findDeclaration(schema: z.ZodType): { file: string; name: string } {
  for (const [file, declared] of Object.entries(types))
    for (const [name, [each]] of Object.entries(declared)) if (each === schema) return { file, name };
  throw new Error("the payload of an event has no type of its own: name its schema in scripts/wire/types.ts");
}

function writeEventTypes(origin: string): string {
  const payloads = Object.values(api.events).map(({ type, payload }) => ({ type, ...findDeclaration(payload) }));
  const imports = new Map(payloads.map(({ file, name }) => [name, `import type { ${name} } from "./${file}.ts";`]));
  return `/**
 * What each event carries.
 *
 * ${origin}
 */
${[...imports.values()].join("\n")}

export type EventPayloads = { ${payloads.map(({ type, name }) => `"${type}": ${name}`).join("; ")} };
`;
}

/** By path. */
export function writeTypes(origin: string): Record<string, string> {
  const objects = Object.fromEntries(
    Object.entries(types).map(([file, declared]) => {
      const named = new Map(Object.entries(declared).map(([name, [schema]]) => [schema, name]));
      const writer = new TypeWriter(named);
      const declarations = Object.entries(declared).map(
        ([name, [schema, side]]) => `export type ${name} = ${writer.write(schema, side, schema)};`,
      );
      const about = `What is given to the API and what it answers, with what is said of each field.\n *\n * ${origin}`;
      return [`src/api/types/${file}.ts`, `/**\n * ${about}\n */\n\n${declarations.join("\n\n")}\n`];
    }),
  );
  return { ...objects, "src/api/types/events.ts": writeEventTypes(origin) };
}
