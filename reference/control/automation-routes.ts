/** The routes of Smart Triggers, summaries and the carrier. */
import { AutomationQuery } from "../automation/input.ts";
import { readQuery, validate } from "../http/input.ts";
import type { Control } from "./control.ts";
import { readPathId as id, type JsonRoute } from "./json-routes.ts";

function parseQuery(query: URLSearchParams) {
  return validate(AutomationQuery, readQuery(query, AutomationQuery));
}

export const automationRoutes: readonly JsonRoute<Control>[] = [
  {
    method: "GET",
    path: "/triggers",
    run: async (control, { query }) => ({ data: await control.triggers.list(query.get("orgId") ?? undefined) }),
  },
  {
    method: "POST",
    path: "/triggers",
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.triggers.create(body),
  },
  {
    method: "GET",
    path: "/trigger-runs",
    run: async (control, { query }) => ({ data: await control.triggers.runs(parseQuery(query)) }),
  },
  {
    method: "PATCH",
    path: "/triggers/{id}",
    takesBody: true,
    run: (control, input) => control.triggers.update(id(input), input.body),
  },
  { method: "DELETE", path: "/triggers/{id}", run: (control, input) => control.triggers.remove(id(input)) },
  {
    method: "GET",
    path: "/summaries",
    run: async (control, { query }) => {
      const wanted = parseQuery(query);
      return {
        ...(await control.summaries.settings(wanted.orgId)),
        data: await control.summaries.list(wanted),
      };
    },
  },
  { method: "PUT", path: "/summaries", takesBody: true, run: (control, { body }) => control.summaries.set(body) },
  { method: "GET", path: "/carrier", run: (control) => control.carrier() },
  { method: "PUT", path: "/carrier", takesBody: true, run: (control, { body }) => control.carrier(body) },
];
