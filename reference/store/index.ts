/** The reference's memory: SQLite tables, each with the questions asked of it. */
import { createCarriageTable } from "./automation/carriage.ts";
import { createSummariesTable } from "./automation/summaries.ts";
import { createTriggersTable } from "./automation/triggers.ts";
import { createContactsTable } from "./contacts.ts";
import { createConversationsTable } from "./conversations.ts";
import { openDatabase } from "./database.ts";
import { createDeliveriesTable } from "./deliveries.ts";
import { createKeysTable } from "./keys.ts";
import { createMessagesTable } from "./messages.ts";
import { createOrgsTable } from "./orgs.ts";
import { createSettingsTable } from "./settings.ts";
import { createTemplatesTable } from "./templates.ts";
import { createWebhooksTable } from "./webhooks.ts";

/** @param file SQLite file; in memory when there is none. */
export function openStore(file?: string) {
  const database = openDatabase(file);
  return {
    ...database,
    orgs: createOrgsTable(database),
    keys: createKeysTable(database),
    contacts: createContactsTable(database),
    conversations: createConversationsTable(database),
    messages: createMessagesTable(database),
    templates: createTemplatesTable(database),
    webhooks: createWebhooksTable(database),
    deliveries: createDeliveriesTable(database),
    settings: createSettingsTable(database),
    triggers: createTriggersTable(database),
    summaries: createSummariesTable(database),
    carriage: createCarriageTable(database),
  };
}

export type Store = ReturnType<typeof openStore>;
