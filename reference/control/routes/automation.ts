/** The routes of Smart Triggers, summaries and the carrier. */
import {
  AutomationQuery,
  CarrierInput,
  SummaryChange,
  TriggerInput,
  TriggerPatch,
  TriggersQuery,
} from "../../automation/input.ts";
import { readQuery, validate } from "../../http/input.ts";
import { readPathId as id } from "../json-routes.ts";
import type { ControlRoute } from "./route.ts";

function parseQuery(query: URLSearchParams) {
  return validate(AutomationQuery, readQuery(query, AutomationQuery));
}

export const automationRoutes: readonly ControlRoute[] = [
  {
    method: "GET",
    path: "/triggers",
    title: "The Smart Triggers of an org",
    input: TriggersQuery,
    run: async (control, { query }) => ({
      data: await control.triggers.list(validate(TriggersQuery, readQuery(query, TriggersQuery)).orgId),
    }),
  },
  {
    method: "POST",
    path: "/triggers",
    title: "Makes a Smart Trigger",
    input: TriggerInput,
    example: { name: "Orders", when: { contains: ["order"] }, actions: { addTags: ["order"] } },
    creates: true,
    takesBody: true,
    run: (control, { body }) => control.triggers.create(body),
  },
  {
    method: "GET",
    path: "/trigger-runs",
    title: "What Smart Triggers did lately",
    input: AutomationQuery,
    run: async (control, { query }) => ({ data: await control.triggers.runs(parseQuery(query)) }),
  },
  {
    method: "PATCH",
    path: "/triggers/{id}",
    title: "Changes a Smart Trigger",
    input: TriggerPatch,
    example: { enabled: false },
    takesBody: true,
    run: (control, input) => control.triggers.update(id(input), input.body),
  },
  {
    method: "DELETE",
    path: "/triggers/{id}",
    title: "Removes a Smart Trigger",
    run: (control, input) => control.triggers.remove(id(input)),
  },
  {
    method: "GET",
    path: "/summaries",
    title: "The latest summaries, and whether they are made",
    input: AutomationQuery,
    run: async (control, { query }) => {
      const wanted = parseQuery(query);
      return {
        ...(await control.summaries.settings(wanted.orgId)),
        data: await control.summaries.list(wanted),
      };
    },
  },
  {
    method: "PUT",
    path: "/summaries",
    title: "Whether conversations are summarised, and how often",
    input: SummaryChange,
    example: { enabled: true, everyMessages: 3 },
    takesBody: true,
    run: (control, { body }) => control.summaries.set(body),
  },
  {
    method: "GET",
    path: "/carrier",
    title: "What becomes of messages by themselves",
    run: (control) => control.carrier(),
  },
  {
    method: "PUT",
    path: "/carrier",
    title: "Has messages sent, delivered and read, or failing, by themselves",
    input: CarrierInput,
    example: { mode: "delivers" },
    takesBody: true,
    run: (control, { body }) => control.carrier(body),
  },
];
