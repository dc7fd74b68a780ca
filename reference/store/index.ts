/** The reference's memory: SQLite tables, each with the questions asked of it. */
import { contactsTable } from "./contacts.ts";
import { conversationsTable } from "./conversations.ts";
import { openDatabase } from "./database.ts";
import { deliveriesTable } from "./deliveries.ts";
import { keysTable } from "./keys.ts";
import { messagesTable } from "./messages.ts";
import { orgsTable } from "./orgs.ts";
import { settingsTable } from "./settings.ts";
import { templatesTable } from "./templates.ts";
import { webhooksTable } from "./webhooks.ts";

/** @param file SQLite file; in memory when there is none. */
export function openStore(file?: string) {
  const database = openDatabase(file);
  return {
    ...database,
    orgs: orgsTable(database),
    keys: keysTable(database),
    contacts: contactsTable(database),
    conversations: conversationsTable(database),
    messages: messagesTable(database),
    templates: templatesTable(database),
    webhooks: webhooksTable(database),
    deliveries: deliveriesTable(database),
    settings: settingsTable(database),
  };
}

export type Store = ReturnType<typeof openStore>;
