/** Smart Triggers of an org: made, listed, changed, removed, and what they did. */
import type * as z from "zod";
import type { Assignee } from "../../src/api/index.ts";
import { toIso } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatConversationId } from "../deviations/behaviour.ts";
import { invalidField, Refusal, unknownId } from "../http/answers.ts";
import { resolveAssignee } from "../inbox/assignees.ts";
import { findSendableTemplate } from "../inbox/templates.ts";
import type {
  StoredTrigger,
  TriggerActions,
  TriggerCondition,
  TriggerOutcome,
  TriggerReply,
} from "../store/automation/triggers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { TriggerInput, TriggerPatch } from "./input.ts";
import { toTemplateReference } from "./reply.ts";

export const maxTriggers = 100;

export type Trigger = {
  id: string;
  orgId: string;
  name: string;
  enabled: boolean;
  when: TriggerCondition;
  actions: Omit<TriggerActions, "assign"> & { assign?: Assignee | undefined };
  /** How often it acted. */
  runs: number;
  createdAt: string;
  updatedAt: string;
};

/** What a trigger did about one message. */
export type TriggerRun = {
  triggerId: string;
  triggerName: string;
  conversationId: string;
  messageId: string;
  outcomes: TriggerOutcome[];
  createdAt: string;
};

function toTriggerBody({ store }: ReferenceContext, trigger: StoredTrigger): Trigger {
  return {
    ...trigger,
    runs: store.triggers.countRuns(trigger.id),
    createdAt: toIso(trigger.createdAt),
    updatedAt: toIso(trigger.updatedAt),
  };
}

type GivenActions = z.output<typeof TriggerInput>["actions"];
type GivenReply = NonNullable<GivenActions["reply"]>;

/** The reply as it is kept; its template must be one that can be sent now. */
function checkReply(context: ReferenceContext, orgId: string, given: GivenReply): TriggerReply {
  if (given.text !== undefined) return { text: given.text };
  const { template = "", language = "", parameters = [] } = given;
  const reply = { template, language, parameters };
  try {
    findSendableTemplate(context, orgId, toTemplateReference(reply));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [detail] = error.details ?? [];
    const field = detail?.path.includes("components")
      ? "parameters"
      : detail?.path.at(-1) === "language"
        ? "language"
        : "template";
    throw invalidField(["actions", "reply", field], detail?.message ?? error.message);
  }
  return reply;
}

function checkActions(context: ReferenceContext, orgId: string, { addTags, assign, reply }: GivenActions) {
  return {
    ...(addTags && { addTags }),
    ...(assign !== undefined && { assign: resolveAssignee(context, orgId, assign, ["actions", "assign"]) }),
    ...(reply && { reply: checkReply(context, orgId, reply) }),
  };
}

function requireFreeName({ store }: ReferenceContext, { id, orgId, name }: StoredTrigger): void {
  if (store.triggers.byOrg(orgId).some((each) => each.name === name && each.id !== id)) {
    throw invalidField(["name"], "is the name of another trigger; choose another one");
  }
}

/** @throws Refusal 400 that names the field */
export function createTrigger(
  context: ReferenceContext,
  orgId: string,
  { name, enabled, when, actions }: z.output<typeof TriggerInput>,
): Trigger {
  const { store, ids, clock, changes } = context;
  if (store.triggers.byOrg(orgId).length >= maxTriggers) {
    throw invalidField([], `The org has ${maxTriggers} triggers, which is as many as it can have. Remove one first.`);
  }
  const now = clock.now();
  const checked = checkActions(context, orgId, actions);
  const trigger = { id: ids("trigger"), orgId, name, enabled, when, actions: checked, createdAt: now, updatedAt: now };
  requireFreeName(context, trigger);
  store.triggers.insert(trigger);
  changes.note({ kind: "automation" });
  return toTriggerBody(context, trigger);
}

function getTrigger({ store }: ReferenceContext, id: string): StoredTrigger {
  const trigger = store.triggers.byId(id);
  if (!trigger) throw unknownId("trigger", id);
  return trigger;
}

/** @throws Refusal 404; 400 that names the field */
export function updateTrigger(
  context: ReferenceContext,
  id: string,
  { name, enabled, when, actions }: z.output<typeof TriggerPatch>,
): Trigger {
  const { store, clock, changes } = context;
  const known = getTrigger(context, id);
  const trigger: StoredTrigger = {
    ...known,
    name: name ?? known.name,
    enabled: enabled ?? known.enabled,
    when: when ?? known.when,
    actions: actions ? checkActions(context, known.orgId, actions) : known.actions,
    updatedAt: clock.now(),
  };
  requireFreeName(context, trigger);
  store.triggers.update(trigger);
  changes.note({ kind: "automation" });
  return toTriggerBody(context, trigger);
}

/**
 * What it did stays in the log.
 * @throws Refusal 404
 */
export function removeTrigger(context: ReferenceContext, id: string): { id: string; deleted: true } {
  getTrigger(context, id);
  context.store.triggers.remove(id);
  context.changes.note({ kind: "automation" });
  return { id, deleted: true };
}

/** In the order in which they were made, which is that in which they act. */
export function listTriggers(context: ReferenceContext, orgId: string): Trigger[] {
  return context.store.triggers.byOrg(orgId).map((trigger) => toTriggerBody(context, trigger));
}

/** Newest first. */
export function listRuns(context: ReferenceContext, orgId: string, limit: number): TriggerRun[] {
  const { store, behaviour } = context;
  return store.triggers
    .latestRuns(orgId, limit)
    .map(({ triggerId, triggerName, conversation, messageId, outcomes, createdAt }) => ({
      triggerId,
      triggerName,
      conversationId: formatConversationId(
        behaviour.current,
        store.conversations.bySeq(conversation) as StoredConversation,
      ),
      messageId,
      outcomes,
      createdAt: toIso(createdAt),
    }));
}
