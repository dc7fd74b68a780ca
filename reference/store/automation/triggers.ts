/** Smart Triggers, in the order in which they were made, and what each of them did. */

import type { Assignee, Platform } from "../../../src/api/index.ts";
import { parseKeptJson } from "../../../src/file-failure.ts";
import type { Database } from "../database.ts";

export type TriggerCondition = {
  direction: "inbound" | "outbound" | "any";
  platforms?: Platform[] | undefined;
  /** One of these stands in the message, in any case. */
  contains?: string[] | undefined;
};

export type TriggerReply = { text: string } | { template: string; language: string; parameters: string[] };

export type TriggerActions = {
  addTags?: string[] | undefined;
  assign?: Assignee | undefined;
  reply?: TriggerReply | undefined;
};

export type StoredTrigger = {
  id: string;
  orgId: string;
  name: string;
  enabled: boolean;
  when: TriggerCondition;
  actions: TriggerActions;
  createdAt: number;
  updatedAt: number;
};

/** What became of an action. */
export type TriggerOutcome =
  /** `tags`: those that the contact did not have. */
  | { action: "addTags"; tags: string[] }
  /** `changed`: it was not theirs before. */
  | { action: "assign"; assignee: string; changed: boolean }
  | { action: "reply"; messageId: string }
  /** Nothing was sent: why. */
  | { action: "reply"; refused: string };

export type StoredRun = {
  triggerId: string;
  /** As it was then. */
  triggerName: string;
  orgId: string;
  /** `seq` of the conversation. */
  conversation: number;
  messageId: string;
  outcomes: TriggerOutcome[];
  createdAt: number;
};

type TriggerRow = {
  id: string;
  org_id: string;
  name: string;
  enabled: number;
  condition: string;
  actions: string;
  created_at: number;
  updated_at: number;
};

type RunRow = {
  trigger_id: string;
  trigger_name: string;
  org_id: string;
  conversation: number;
  message_id: string;
  outcomes: string;
  created_at: number;
};

function toTrigger(row: TriggerRow): StoredTrigger {
  return {
    id: row.id,
    orgId: row.org_id,
    name: row.name,
    enabled: row.enabled === 1,
    when: parseKeptJson<TriggerCondition>(row.condition),
    actions: parseKeptJson<TriggerActions>(row.actions),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toRun(row: RunRow): StoredRun {
  return {
    triggerId: row.trigger_id,
    triggerName: row.trigger_name,
    orgId: row.org_id,
    conversation: row.conversation,
    messageId: row.message_id,
    outcomes: parseKeptJson<TriggerOutcome[]>(row.outcomes),
    createdAt: row.created_at,
  };
}

function prepareStatements(sql: Database["sql"]) {
  return {
    insert: sql.prepare(
      `INSERT INTO triggers (id, org_id, name, enabled, condition, actions, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: sql.prepare(
      "UPDATE triggers SET name = ?, enabled = ?, condition = ?, actions = ?, updated_at = ? WHERE id = ?",
    ),
    remove: sql.prepare("DELETE FROM triggers WHERE id = ?"),
    byId: sql.prepare("SELECT * FROM triggers WHERE id = ?"),
    byOrg: sql.prepare("SELECT * FROM triggers WHERE org_id = ? ORDER BY seq"),
    insertRun: sql.prepare(
      `INSERT INTO trigger_runs (trigger_id, trigger_name, org_id, conversation, message_id, outcomes, replied, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    deleteRunsOf: sql.prepare("DELETE FROM trigger_runs WHERE conversation = ?"),
    latestRuns: sql.prepare("SELECT * FROM trigger_runs WHERE org_id = ? ORDER BY seq DESC LIMIT ? + 0"),
    countRuns: sql.prepare("SELECT count(*) AS count FROM trigger_runs WHERE trigger_id = ?"),
    countReplies: sql.prepare(
      "SELECT count(*) AS count FROM trigger_runs WHERE conversation = ? AND created_at > ? AND replied = 1",
    ),
  };
}

export function createTriggersTable({ sql, remember, forget }: Database) {
  const statements = prepareStatements(sql);
  const toValues = ({ name, enabled, when, actions }: StoredTrigger) =>
    [name, enabled ? 1 : 0, JSON.stringify(when), JSON.stringify(actions)] as const;

  return {
    insert: (trigger: StoredTrigger): void => {
      statements.insert.run(trigger.id, trigger.orgId, ...toValues(trigger), trigger.createdAt, trigger.updatedAt);
      forget();
    },
    update: (trigger: StoredTrigger): void => {
      statements.update.run(...toValues(trigger), trigger.updatedAt, trigger.id);
      forget();
    },
    remove: (id: string): void => {
      statements.remove.run(id);
      forget();
    },
    byId: (id: string): StoredTrigger | undefined => {
      const row = statements.byId.get(id) as TriggerRow | undefined;
      return row && toTrigger(row);
    },
    byOrg: (orgId: string): readonly StoredTrigger[] =>
      remember(`triggers ${orgId}`, () => (statements.byOrg.all(orgId) as TriggerRow[]).map(toTrigger)),
    insertRun: (run: StoredRun) =>
      statements.insertRun.run(
        run.triggerId,
        run.triggerName,
        run.orgId,
        run.conversation,
        run.messageId,
        JSON.stringify(run.outcomes),
        run.outcomes.some((outcome) => "messageId" in outcome) ? 1 : 0,
        run.createdAt,
      ),
    /** Of the conversation with this `seq`. */
    deleteRunsOf: (conversation: number) => statements.deleteRunsOf.run(conversation),
    /** Newest first. */
    latestRuns: (orgId: string, limit: number): StoredRun[] =>
      (statements.latestRuns.all(orgId, limit) as RunRow[]).map(toRun),
    countRuns: (triggerId: string): number => (statements.countRuns.get(triggerId) as { count: number }).count,
    /** How many replies triggers sent in a conversation after `since`. */
    countReplies: (conversation: number, since: number): number =>
      (statements.countReplies.get(conversation, since) as { count: number }).count,
  };
}
