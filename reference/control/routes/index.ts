/** The control API over HTTP, under `/_control`: a table of routes, each a call of an in-process function. */
import { BehaviourInput } from "../../deviations/behaviour.ts";
import { FaultInput } from "../../deviations/faults.ts";
import { readQuery, validate } from "../../http/input.ts";
import type { Control } from "../control.ts";
import {
  AssignInput,
  ClockInput,
  DeliveriesQuery,
  InboundInput,
  KeyInput,
  OrgInput,
  ResolveInput,
  StatusInput,
  TemplateRegistration,
  TemplatesQuery,
} from "../input.ts";
import { answerRoutes, readPathId as id, type JsonHandler } from "../json-routes.ts";
import { automationRoutes } from "./automation.ts";
import type { ControlRoute } from "./route.ts";

export const controlRoutes: readonly ControlRoute[] = [
  {
    method: "POST",
    path: "/orgs",
    title: "Makes an org",
    input: OrgInput,
    example: { name: "Acme", rateLimit: 1000 },
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.createOrg(body),
  },
  {
    method: "POST",
    path: "/keys",
    title: "Makes a key, which is shown this once",
    input: KeyInput,
    example: { label: "Staging", scopes: ["read:contacts"] },
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.createKey(body),
  },
  {
    method: "DELETE",
    path: "/keys/{id}",
    title: "Revokes a key",
    run: (control, input) => control.revokeKey(id(input)),
  },
  {
    method: "POST",
    path: "/inbound",
    title: "A customer writes",
    input: InboundInput,
    example: {
      platform: "whatsapp",
      from: "+971500000000",
      name: "Sara Hussein",
      content: "Hi, can you confirm my order?",
    },
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.inbound(body),
  },
  {
    method: "POST",
    path: "/messages/{id}/status",
    title: "The carrier reports what became of a message",
    input: StatusInput,
    example: { status: "delivered" },
    takesBody: true,
    run: (control, input) => control.setMessageStatus(id(input), input.body),
  },
  {
    method: "POST",
    path: "/conversations/{id}/assign",
    title: "Assigns a conversation to a teammate, by id, e-mail address or name",
    input: AssignInput,
    example: { assignee: "Layla Haddad" },
    takesBody: true,
    run: (control, input) => {
      const { assignee, ...options } = validate(AssignInput, input.body);
      return control.assign(id(input), assignee, options as { orgId?: string });
    },
  },
  {
    method: "POST",
    path: "/conversations/{id}/resolve",
    title: "Resolves a conversation",
    input: ResolveInput,
    example: {},
    takesBody: true,
    run: (control, input) => control.resolve(id(input), input.body),
  },
  {
    method: "POST",
    path: "/webhooks/{id}/pause",
    title: "Pauses an endpoint: events wait",
    run: (control, input) => control.pauseWebhook(id(input)),
  },
  {
    method: "POST",
    path: "/webhooks/{id}/resume",
    title: "Resumes an endpoint: what waited is delivered, oldest first",
    run: (control, input) => control.resumeWebhook(id(input)),
  },
  {
    method: "GET",
    path: "/deliveries",
    title: "The latest deliveries with their attempts, oldest first",
    input: DeliveriesQuery,
    run: async (control, { query }) => ({
      data: await control.deliveries(validate(DeliveriesQuery, readQuery(query, DeliveriesQuery))),
    }),
  },
  {
    method: "POST",
    path: "/deliveries/{id}/redeliver",
    title: "Delivers the same bytes again",
    run: (control, input) => control.redeliver(id(input)),
  },
  { method: "GET", path: "/clock", title: "Reads the clock", run: (control) => control.clock() },
  {
    method: "POST",
    path: "/clock",
    title: "Freezes, moves, sets or resumes the clock",
    input: ClockInput,
    example: { advanceMs: 60000 },
    takesBody: true,
    run: (control, { body }) => control.clock(body),
  },
  {
    method: "GET",
    path: "/faults",
    title: "The faults there are",
    run: async (control) => ({ data: await control.faults.list() }),
  },
  {
    method: "POST",
    path: "/faults",
    title: "Adds a fault, which requests to the API meet",
    input: FaultInput,
    example: { method: "POST", path: "/v1/messaging/send", kind: "drop_response", times: 1 },
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.faults.add(body),
  },
  {
    method: "DELETE",
    path: "/faults/{id}",
    title: "Removes a fault",
    run: (control, input) => control.faults.remove(id(input)),
  },
  { method: "DELETE", path: "/faults", title: "Removes all faults", run: (control) => control.faults.clear() },
  {
    method: "GET",
    path: "/behaviour",
    title: "How the API deviates from what is documented",
    run: (control) => control.behaviour(),
  },
  {
    method: "PUT",
    path: "/behaviour",
    title: "Sets how it deviates: what is left out is as documented",
    input: BehaviourInput,
    example: { historyLagMs: 500 },
    takesBody: true,
    run: (control, { body }) => control.behaviour(body),
  },
  {
    method: "DELETE",
    path: "/behaviour",
    title: "Makes it as documented again",
    run: (control) => control.behaviour({}),
  },
  {
    method: "GET",
    path: "/templates",
    title: "The templates of an org",
    input: TemplatesQuery,
    run: async (control, { query }) => ({
      data: await control.templates.list(validate(TemplatesQuery, readQuery(query, TemplatesQuery)).orgId),
    }),
  },
  {
    method: "POST",
    path: "/templates",
    title: "Registers a template, or replaces the one of the same name and language",
    input: TemplateRegistration,
    example: { name: "voucher", language: "en", components: [{ type: "BODY", text: "Hi {{1}}, your voucher waits." }] },
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.templates.save(body),
  },
  ...automationRoutes,
  {
    method: "POST",
    path: "/reset",
    title: "Puts everything back to how the reference started",
    run: async (control) => {
      await control.reset();
      return { reset: true };
    },
  },
];

export function createControlHttp(control: Control, token: string, failed: (error: unknown) => void): JsonHandler {
  return answerRoutes({ root: "/_control", name: "The control API" }, controlRoutes, control, token, failed);
}
