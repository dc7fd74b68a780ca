/** Exports with an event log that a receiver keeps: a run, what is delivered to the log, and what must be there in the end. */
import { expect } from "@jest/globals";
import { createMemoryLedger, createOnSync } from "../../../../src/client/index.ts";
import { createBudget, type ExportOptions, runExport } from "../../../../src/data/index.ts";
import { apiKey, createHastyClock } from "../../../../testing/exports/export-to.ts";
import type { Inbox, StoredMessage } from "../../../../testing/exports/inbox.ts";
import type { MemoryTarget } from "../../../../testing/exports/memory-target.ts";
import type { ModelLog } from "./model-log.ts";

export function run(inbox: Inbox, target: MemoryTarget, events: ModelLog, more: Partial<ExportOptions> = {}) {
  const onsync = createOnSync({ apiKey, baseUrl: "http://127.0.0.1/v1", transport: inbox.transport, maxAttempts: 1 });
  const budget = createBudget({ ledger: createMemoryLedger(), scope: "test", share: 1 });
  const options = { tables: ["messages"], apiKey, random: () => 0, clock: createHastyClock() } as const;
  return runExport({ ...options, target, onsync, budget, events, ...more });
}

let deliveries = 0;

/** What OnSync announces of a record is kept by a receiver. */
export function deliver(log: ModelLog, record: object, type = "message.updated", orgId = "org_1"): void {
  deliveries += 1;
  const { updatedAt, createdAt } = record as { updatedAt?: string; createdAt?: string };
  log.keep({ id: `evt_${deliveries}`, type, orgId, createdAt: updatedAt ?? createdAt, data: { ...record } });
}

/** A customer writes, and OnSync announces it. */
export function write(inbox: Inbox, log: ModelLog, conversation = "whatsapp:+971500000000"): StoredMessage {
  const message = inbox.addMessage(conversation, { status: "sent" });
  deliver(log, message, "message.created");
  return message;
}

export function expectAll(target: MemoryTarget, inbox: Inbox): void {
  const byId = (rows: readonly Record<string, unknown>[]) => new Map(rows.map((row) => [row.id, row]));
  expect(byId(target.rows("messages"))).toEqual(byId(inbox.allMessages));
}
