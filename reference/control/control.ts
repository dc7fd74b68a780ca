/** What the control API can do, in process: what stands around OnSync in real life, and what tests need. */
import type * as z from "zod";
import type { Conversation, Message, Scope, Template, Webhook } from "../../src/api/index.ts";
import type {
  AssigneeInput,
  AutomationQuery,
  CarrierInput,
  CarrierSettings,
  SummaryChange,
  SummarySettings,
  TriggerInput,
  TriggerPatch,
} from "../automation/input.ts";
import type { Summary } from "../automation/summaries.ts";
import type { Trigger, TriggerRun } from "../automation/triggers.ts";
import type { Behaviour, BehaviourInput } from "../deviations/behaviour.ts";
import type { Fault, FaultInput } from "../deviations/faults.ts";
import type { DeliveryStatus } from "../store/deliveries.ts";
import type * as input from "./input.ts";

export type ControlledOrg = { id: string; name: string; rateLimit: number; createdAt: string };
/** `key` is shown this once. */
export type ControlledKey = {
  id: string;
  key: string;
  orgId: string;
  keyPrefix: string;
  scopes: Scope[];
  /** What it is for, or `null`. */
  label: string | null;
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
    assignee: z.input<typeof AssigneeInput>,
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
  /** Smart Triggers: what is done of itself about messages, whichever way they come. */
  triggers: {
    create(trigger: z.input<typeof TriggerInput>): Promise<Trigger>;
    /** In the order in which they act. */
    list(orgId?: string): Promise<Trigger[]>;
    update(id: string, patch: z.input<typeof TriggerPatch>): Promise<Trigger>;
    remove(id: string): Promise<{ id: string; deleted: true }>;
    /** What they did, newest first; `limit` says how many. */
    runs(query?: z.input<typeof AutomationQuery>): Promise<TriggerRun[]>;
  };
  /** The stand-in for AI Agent summaries. Off unless an org's are switched on. */
  summaries: {
    settings(orgId?: string): Promise<SummarySettings>;
    set(change: z.input<typeof SummaryChange>): Promise<SummarySettings>;
    /** Those of the most recently active conversations first; `limit` says how many. */
    list(query?: z.input<typeof AutomationQuery>): Promise<Summary[]>;
  };
  /** Reads how messages go on by themselves once they are sent, or sets how they do. */
  carrier(change?: z.input<typeof CarrierInput>): Promise<CarrierSettings>;
  /** Puts everything back to how the reference started: orgs, keys, clock, faults, behaviour, triggers, carrier, demo data. */
  reset(): Promise<void>;
};
