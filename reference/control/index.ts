/**
 * The control API in process: what stands around OnSync in real life (customers who write, teammates who work, carriers
 * who deliver) and what tests need (a clock to turn, faults to meet). The HTTP routes call these functions.
 */
import type * as z from "zod";
import type { Assignee, Conversation, Message, Scope, Template, Webhook } from "../../src/api/index.ts";
import { toIso } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import type { Deliveries } from "../deliveries/index.ts";
import { type Behaviour, BehaviourInput } from "../deviations/behaviour.ts";
import { type Fault, FaultInput, type Faults } from "../deviations/faults.ts";
import { invalidField, unknownId } from "../http/answers.ts";
import { toListedWebhook } from "../http/handlers/webhooks.ts";
import { validate } from "../http/input.ts";
import {
  assignConversation,
  getConversationByAnyId,
  resolveConversation,
  toConversationBody,
} from "../inbox/conversations.ts";
import { registerKey } from "../inbox/keys.ts";
import { receiveMessage, setMessageStatus } from "../inbox/messages.ts";
import { createOrg } from "../inbox/orgs.ts";
import type { DeliveryStatus, StoredDelivery } from "../store/deliveries.ts";
import type { StoredWebhook } from "../store/webhooks.ts";
import * as input from "./input.ts";

export type ControlledOrg = { id: string; name: string; rateLimit: number; createdAt: string };
/** `key` is shown this once. */
export type ControlledKey = {
  id: string;
  key: string;
  orgId: string;
  keyPrefix: string;
  scopes: Scope[];
  createdAt: string;
};
export type Delivery = {
  id: string;
  eventId: string;
  eventType: string;
  webhookId: string;
  status: DeliveryStatus;
  createdAt: string;
  /** When the next attempt is due; only while the delivery is pending. */
  nextAttemptAt?: string;
  attempts: { at: string; statusCode?: number; error?: string }[];
};
export type ClockReading = { now: string; frozen: boolean };

/** Every function rejects with a `Refusal` (`code`, `status`, `details`) where the control API answers with an error. */
export type Control = {
  createOrg(org: z.input<typeof input.OrgInput>): Promise<ControlledOrg>;
  /** All scopes and the default org unless told otherwise. */
  createKey(key?: z.input<typeof input.KeyInput>): Promise<ControlledKey>;
  revokeKey(id: string): Promise<{ id: string; revoked: true }>;
  /** A customer's message arrives. */
  inbound(message: z.input<typeof input.InboundInput>): Promise<Message>;
  setMessageStatus(id: string, status: z.input<typeof input.StatusInput>): Promise<Message>;
  assign(
    conversationId: string,
    assignee: z.input<typeof input.AssigneeInput>,
    options?: { orgId?: string },
  ): Promise<Conversation>;
  resolve(conversationId: string, options?: { orgId?: string }): Promise<Conversation>;
  /** Events queue up until the endpoint is resumed. */
  pauseWebhook(id: string): Promise<Webhook>;
  /** What queued up is delivered, oldest first. */
  resumeWebhook(id: string): Promise<Webhook>;
  /** The latest deliveries (1000 unless told otherwise), oldest first. */
  deliveries(query?: z.input<typeof input.DeliveriesQuery>): Promise<Delivery[]>;
  /** Sends the same bytes again, in a new round of up to four attempts; resolves when the first has been made. */
  redeliver(id: string): Promise<Delivery>;
  /** Reads the clock, or changes it: `now`, then `freeze`, then `advanceMs`, then `resume`. */
  clock(change?: z.input<typeof input.ClockInput>): Promise<ClockReading>;
  faults: {
    add(fault: z.input<typeof FaultInput>): Promise<Fault>;
    list(): Promise<Fault[]>;
    remove(id: string): Promise<{ id: string; removed: true }>;
    clear(): Promise<{ cleared: number }>;
  };
  /**
   * Reads how the API deviates from the contract, or sets it: all of it, so that what is left out is as documented again
   * (`{}`: everything).
   */
  behaviour(behaviour?: BehaviourInput): Promise<Behaviour>;
  templates: {
    /** Registers a template, or replaces the one of the same name and language. */
    save(template: z.input<typeof input.TemplateRegistration>): Promise<Template>;
    list(orgId?: string): Promise<Template[]>;
  };
  /** Puts everything back to how the reference started: orgs, keys, clock, faults, behaviour, demo data. */
  reset(): Promise<void>;
};

export type ControlParts = {
  context: ReferenceContext;
  deliveries: Deliveries;
  faults: Faults;
  defaultOrg: () => string;
  defaultRateLimit: number;
  reset: () => Promise<void>;
};

function resolveAssignee(
  context: ReferenceContext,
  orgId: string,
  wanted: z.output<typeof input.AssigneeInput>,
): Assignee {
  const { id, name, email } =
    typeof wanted === "string" ? { id: wanted, name: wanted, email: wanted } : { email: null, ...wanted };
  const same = (one: string | null | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();
  const teammate = context.store.orgs
    .teammates(orgId)
    .find((each) => each.id === id || same(email, each.email) || same(name, each.name));
  if (teammate) return typeof wanted === "string" ? teammate : { ...teammate, ...wanted };
  if (name === undefined && email == null && id === undefined) {
    throw invalidField(["assignee"], "needs at least one of id, name and email");
  }
  if (typeof wanted !== "string") {
    return { id: id ?? context.ids("user"), name: name ?? email ?? (id as string), email: email ?? null };
  }
  return { id: context.ids("user"), name: wanted, email: wanted.includes("@") ? wanted : null };
}

export function createControl(parts: ControlParts): Control {
  const { context, deliveries, faults } = parts;
  const { store, clock, changes } = context;

  /** Makes a change in one transaction; what it makes due is sent. */
  const change = <Result>(work: () => Result): Result => {
    const result = store.transaction(work);
    deliveries.wake();
    return result;
  };
  const orgOf = (id: string | undefined): string => {
    if (id !== undefined && !store.orgs.byId(id)) throw unknownId("org", id);
    return id ?? parts.defaultOrg();
  };
  const webhookOf = (id: string): StoredWebhook => {
    const webhook = store.webhooks.byId(id);
    if (!webhook) throw unknownId("webhook", id);
    return webhook;
  };
  const deliveryOf = (id: string): StoredDelivery => {
    const delivery = store.deliveries.byId(id);
    if (!delivery) throw unknownId("delivery", id);
    return delivery;
  };
  const deliveryBody = (delivery: StoredDelivery): Delivery => ({
    id: delivery.id,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    webhookId: delivery.webhookId,
    status: delivery.status,
    createdAt: toIso(delivery.createdAt),
    ...(delivery.status === "pending" ? { nextAttemptAt: toIso(delivery.dueAt) } : {}),
    attempts: store.deliveries.attempts(delivery.seq).map(({ at, statusCode, error }) => ({
      at: toIso(at),
      ...(statusCode === null ? {} : { statusCode }),
      ...(error === null ? {} : { error }),
    })),
  });
  const setWebhookStatus = (id: string, status: StoredWebhook["status"]): Webhook =>
    change(() => {
      webhookOf(id);
      store.webhooks.setStatus(id, status);
      if (status === "active") store.deliveries.makeDueNow(id, clock.now());
      changes.note({ kind: "webhook", id });
      return toListedWebhook(webhookOf(id));
    });

  return {
    createOrg: async (given) => {
      const { name, rateLimit } = validate(input.OrgInput, given);
      const org = change(() => createOrg(context, { name, rateLimit: rateLimit ?? parts.defaultRateLimit }));
      changes.note({ kind: "org" });
      return { id: org.id, name: org.name, rateLimit: org.rateLimit, createdAt: toIso(org.createdAt) };
    },
    createKey: async (given = {}) => {
      const { orgId, scopes } = validate(input.KeyInput, given);
      const made = change(() => registerKey(context, orgOf(orgId), scopes));
      changes.note({ kind: "key" });
      return {
        id: made.id,
        key: made.key,
        orgId: made.orgId,
        keyPrefix: made.prefix,
        scopes: made.scopes,
        createdAt: toIso(made.createdAt),
      };
    },
    revokeKey: async (id) => {
      if (!store.keys.revoke(id, clock.now())) throw unknownId("key", id);
      changes.note({ kind: "key" });
      return { id, revoked: true };
    },

    inbound: async (given) => {
      const { orgId, ...message } = validate(input.InboundInput, given);
      return change(() => receiveMessage(context, orgOf(orgId), message));
    },
    setMessageStatus: async (id, given) => {
      const { status, failureReason } = validate(input.StatusInput, given);
      return change(() => setMessageStatus(context, id, status, failureReason));
    },
    assign: async (conversationId, assignee, options = {}) => {
      const wanted = validate(input.AssignInput, { assignee, ...options });
      const orgId = orgOf(wanted.orgId);
      return change(() =>
        toConversationBody(
          context,
          assignConversation(
            context,
            getConversationByAnyId(context, orgId, conversationId),
            resolveAssignee(context, orgId, wanted.assignee),
          ),
        ),
      );
    },
    resolve: async (conversationId, options = {}) => {
      const { orgId } = validate(input.ResolveInput, options);
      return change(() =>
        toConversationBody(
          context,
          resolveConversation(context, getConversationByAnyId(context, orgOf(orgId), conversationId)),
        ),
      );
    },

    pauseWebhook: async (id) => setWebhookStatus(id, "paused"),
    resumeWebhook: async (id) => setWebhookStatus(id, "active"),
    deliveries: async (query = {}) => {
      const { webhookId, limit } = validate(input.DeliveriesQuery, query);
      return store.deliveries.latest(limit, webhookId).map(deliveryBody);
    },
    redeliver: async (id) => {
      const delivery = deliveryOf(id);
      webhookOf(delivery.webhookId);
      await deliveries.redeliver(delivery);
      return deliveryBody(deliveryOf(id));
    },

    clock: async (given = {}) => {
      const { now, freeze, advanceMs, resume } = validate(input.ClockInput, given);
      if (now !== undefined) {
        const instant = typeof now === "number" ? now : Date.parse(now);
        if (instant > clock.now()) await deliveries.advanceTo(instant);
        else clock.set(instant);
      }
      if (freeze) clock.freeze();
      if (advanceMs !== undefined) await deliveries.advanceBy(advanceMs);
      if (resume) clock.resume();
      deliveries.wake();
      if (Object.keys(given).length > 0) changes.note({ kind: "clock" });
      return { now: toIso(clock.now()), frozen: clock.frozen };
    },

    faults: {
      add: async (given) => {
        changes.note({ kind: "faults" });
        return faults.add(validate(FaultInput, given));
      },
      list: async () => faults.list(),
      remove: async (id) => {
        if (!faults.remove(id)) throw unknownId("fault", id);
        changes.note({ kind: "faults" });
        return { id, removed: true };
      },
      clear: async () => {
        changes.note({ kind: "faults" });
        return { cleared: faults.clear() };
      },
    },

    behaviour: async (given) => {
      if (given !== undefined) {
        context.behaviour.set(validate(BehaviourInput, given));
        changes.note({ kind: "behaviour" });
      }
      return { ...context.behaviour.current };
    },

    templates: {
      save: async (given) => {
        const { orgId, ...template } = validate(input.TemplateRegistration, given);
        change(() => store.templates.save(orgOf(orgId), template));
        changes.note({ kind: "template" });
        return template;
      },
      list: async (orgId) => store.templates.list(orgOf(orgId)),
    },

    reset: parts.reset,
  };
}
