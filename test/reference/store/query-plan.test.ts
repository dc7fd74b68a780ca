/** Lookups and history pages are index lookups: SQLite's own plan of each says SEARCH, and never SCAN or a sort. */
import { describe, expect, test } from "@jest/globals";
import { createCarriageTable } from "../../../reference/store/automation/carriage.ts";
import { createSummariesTable } from "../../../reference/store/automation/summaries.ts";
import { createTriggersTable } from "../../../reference/store/automation/triggers.ts";
import { buildContactSearch, type ContactSearch, createContactsTable } from "../../../reference/store/contacts.ts";
import {
  buildConversationSearch,
  type ConversationSearch,
  createConversationsTable,
} from "../../../reference/store/conversations.ts";
import { openDatabase } from "../../../reference/store/database.ts";
import { createDeliveriesTable, nextDueSql } from "../../../reference/store/deliveries.ts";
import { createKeysTable } from "../../../reference/store/keys.ts";
import { createMessagesTable, historySql } from "../../../reference/store/messages.ts";
import { createOrgsTable } from "../../../reference/store/orgs.ts";
import { createSettingsTable } from "../../../reference/store/settings.ts";
import { createTemplatesTable } from "../../../reference/store/templates.ts";
import { createWebhooksTable } from "../../../reference/store/webhooks.ts";

const database = openDatabase();

function explainQuery(text: string): string[] {
  return database.sql
    .prepare(`EXPLAIN QUERY PLAN ${text}`)
    .all()
    .map((row) => String(row.detail));
}

function expectIndexed(text: string, index: string | RegExp): void {
  const plan = explainQuery(text);
  expect(plan.join("; ")).toMatch(index);
  for (const step of plan) {
    // Full-text search reads its own index; SQLite calls every use of a virtual table a scan.
    if (/VIRTUAL TABLE INDEX \d+:.*M/.test(step)) continue;
    // No reading of its own: a heading of the steps after it, or a filter over what they found.
    if (/^(LIST SUBQUERY|CORRELATED SCALAR SUBQUERY|CREATE BLOOM FILTER)/.test(step)) continue;
    expect(step).toMatch(/^SEARCH/);
  }
}

const contactSearch: ContactSearch = { orgId: "org_1", limit: 51 };
const conversationSearch: ConversationSearch = { orgId: "org_1", limit: 51 };

describe("contacts", () => {
  test.each<[string, ContactSearch, string | RegExp]>([
    ["by phone", { ...contactSearch, phone: "+1" }, "INDEX contacts_phone"],
    ["by email", { ...contactSearch, email: "a@b.co" }, "INDEX contacts_email"],
    ["by externalId", { ...contactSearch, externalId: "1" }, "INDEX contacts_external_id"],
    ["by phone and email", { ...contactSearch, phone: "+1", email: "a@b.co" }, /INDEX contacts_(phone|email)/],
    ["newest first", contactSearch, "INDEX contacts_newest"],
    [
      "newest first, further on",
      { ...contactSearch, beforeSeq: 9 },
      /INDEX contacts_newest \(org_id=\? AND (seq|rowid)<\?\)/,
    ],
    ["by words", { ...contactSearch, query: "sara" }, "VIRTUAL TABLE INDEX"],
    ["by words, further on", { ...contactSearch, query: "sara", beforeSeq: 9 }, "VIRTUAL TABLE INDEX"],
  ])("%s", (_what, search, index) => expectIndexed(buildContactSearch(search).text, index));
});

describe("messages and conversations", () => {
  test("a page of history", () =>
    expectIndexed(historySql, /INDEX messages_history \(conversation=\? AND created_at<\?\)/));

  test.each<[string, ConversationSearch, string | RegExp]>([
    ["most recently active first", conversationSearch, "INDEX conversations_active"],
    ["by status", { ...conversationSearch, status: "open" }, "INDEX conversations_status"],
    ["by platform", { ...conversationSearch, platform: "whatsapp" }, "INDEX conversations_platform"],
    ["by assignee", { ...conversationSearch, assignee: "user_1" }, "INDEX conversations_active"],
    ["by words", { ...conversationSearch, query: "sara" }, /VIRTUAL TABLE INDEX.*INDEX messages_history/],
    ["further on", { ...conversationSearch, before: { updatedAt: 1, seq: 1 } }, "INDEX conversations_active"],
  ])("conversations, %s", (_what, search, index) => expectIndexed(buildConversationSearch(search).text, index));
});

test("the next delivery that is due is found by its index", () => expectIndexed(nextDueSql, /INDEX deliveries_due/));

/** Every statement the tables prepare. */
const prepared: string[] = [];
const watched = {
  ...database,
  sql: Object.assign(Object.create(database.sql), {
    prepare: (text: string) => {
      prepared.push(text.replaceAll(/\s+/g, " "));
      return database.sql.prepare(text);
    },
  }),
};
for (const table of [
  createOrgsTable,
  createKeysTable,
  createContactsTable,
  createConversationsTable,
  createMessagesTable,
  createTemplatesTable,
  createWebhooksTable,
  createDeliveriesTable,
  createSettingsTable,
  createTriggersTable,
  createSummariesTable,
  createCarriageTable,
]) {
  table(watched);
}

/** What may be read from end to end: tables with a handful of rows, and the newest rows of one, up to a limit. */
const mayScan: Record<string, RegExp> = {
  "orgs are few": /^SELECT \* FROM orgs$/,
  "webhooks are few": /FROM webhooks w/,
  "keys are few": /FROM keys WHERE org_id = \? ORDER BY/,
  "contacts whose words wait to be written are few": /^DELETE FROM unwritten_words$/,
  "the latest deliveries": /FROM deliveries d .* ORDER BY d\.seq DESC LIMIT \? \+ 0$/,
};

describe("every statement that is prepared", () => {
  test("some statements are prepared", () => expect(prepared.length).toBeGreaterThan(40));

  test.each(prepared.filter((text) => !/^INSERT/.test(text)).map((text) => [text]))("%s", (text) => {
    const scans = explainQuery(text).filter((step) => /SCAN|TEMP B-TREE/.test(step));
    if (Object.values(mayScan).some((allowed) => allowed.test(text))) {
      expect(scans.filter((step) => /contacts|messages|conversations/.test(step))).toEqual([]);
    } else expect(scans).toEqual([]);
  });
});
