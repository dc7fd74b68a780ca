/** The control API over HTTP, under `/_control`: a table of routes, each a call of an in-process function. */
import { readQuery, validate } from "../http/input.ts";
import { automationRoutes } from "./automation-routes.ts";
import type { Control } from "./control.ts";
import { AssignInput, DeliveriesQuery } from "./input.ts";
import { answerRoutes, readPathId as id, type JsonHandler, type JsonRoute } from "./json-routes.ts";

export const controlRoutes: readonly JsonRoute<Control>[] = [
  {
    method: "POST",
    path: "/orgs",
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.createOrg(body),
  },
  {
    method: "POST",
    path: "/keys",
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.createKey(body),
  },
  { method: "DELETE", path: "/keys/{id}", run: (control, input) => control.revokeKey(id(input)) },
  {
    method: "POST",
    path: "/inbound",
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.inbound(body),
  },
  {
    method: "POST",
    path: "/messages/{id}/status",
    takesBody: true,
    run: (control, input) => control.setMessageStatus(id(input), input.body),
  },
  {
    method: "POST",
    path: "/conversations/{id}/assign",
    takesBody: true,
    run: (control, input) => {
      const { assignee, ...options } = validate(AssignInput, input.body);
      return control.assign(id(input), assignee, options as { orgId?: string });
    },
  },
  {
    method: "POST",
    path: "/conversations/{id}/resolve",
    takesBody: true,
    run: (control, input) => control.resolve(id(input), input.body),
  },
  { method: "POST", path: "/webhooks/{id}/pause", run: (control, input) => control.pauseWebhook(id(input)) },
  { method: "POST", path: "/webhooks/{id}/resume", run: (control, input) => control.resumeWebhook(id(input)) },
  {
    method: "GET",
    path: "/deliveries",
    run: async (control, { query }) => ({
      data: await control.deliveries(validate(DeliveriesQuery, readQuery(query, DeliveriesQuery))),
    }),
  },
  { method: "POST", path: "/deliveries/{id}/redeliver", run: (control, input) => control.redeliver(id(input)) },
  { method: "GET", path: "/clock", run: (control) => control.clock() },
  { method: "POST", path: "/clock", takesBody: true, run: (control, { body }) => control.clock(body) },
  { method: "GET", path: "/faults", run: async (control) => ({ data: await control.faults.list() }) },
  {
    method: "POST",
    path: "/faults",
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.faults.add(body),
  },
  { method: "DELETE", path: "/faults/{id}", run: (control, input) => control.faults.remove(id(input)) },
  { method: "DELETE", path: "/faults", run: (control) => control.faults.clear() },
  { method: "GET", path: "/behaviour", run: (control) => control.behaviour() },
  { method: "PUT", path: "/behaviour", takesBody: true, run: (control, { body }) => control.behaviour(body) },
  { method: "DELETE", path: "/behaviour", run: (control) => control.behaviour({}) },
  {
    method: "GET",
    path: "/templates",
    run: async (control, { query }) => ({ data: await control.templates.list(query.get("orgId") ?? undefined) }),
  },
  {
    method: "POST",
    path: "/templates",
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.templates.save(body),
  },
  ...automationRoutes,
  {
    method: "POST",
    path: "/reset",
    run: async (control) => {
      await control.reset();
      return { reset: true };
    },
  },
];

export function createControlHttp(control: Control, token: string, failed: (error: unknown) => void): JsonHandler {
  return answerRoutes({ root: "/_control", name: "The control API" }, controlRoutes, control, token, failed);
}
