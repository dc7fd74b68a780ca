/**
 * The console's data, under `/_console`: what its pages read, and what a teammate does there. All of it is one org's: the
 * one that `?orgId=` names, the default one without it.
 */
import * as z from "zod";
import { answerRoutes, type JsonHandler, type JsonRoute } from "../control/json-routes.ts";
import { unknownId } from "../http/answers.ts";
import type { Org } from "../store/orgs.ts";
import { chartRoutes } from "./charts.ts";
import { controlPageRoutes } from "./control-routes.ts";
import { importRoutes } from "./imports.ts";
import { inboxRoutes } from "./inbox/routes.ts";
import { requestRoutes } from "./requests/routes.ts";
import { type ConsoleSubject, type OrgSubject, parseQuery } from "./subject.ts";
import * as views from "./views.ts";
import { webhookRoutes } from "./webhook-routes.ts";

const OrgQuery = z.object({ orgId: z.string().min(1).optional() });

/**
 * The org a request names, and the rest of its query.
 * @throws Refusal 404
 */
function findOrg({ context, defaultOrg }: ConsoleSubject, query: URLSearchParams): { org: Org; rest: URLSearchParams } {
  const id = parseQuery(OrgQuery, query).orgId ?? defaultOrg();
  const org = context.store.orgs.byId(id);
  if (!org) throw unknownId("org", id);
  const rest = new URLSearchParams(query);
  rest.delete("orgId");
  return { org, rest };
}

/** So that no route can forget it, each is given the org, and none has another way to it. */
function withOrg({ run, ...route }: JsonRoute<OrgSubject>): JsonRoute<ConsoleSubject> {
  return {
    ...route,
    run: (subject, input) => {
      const { org, rest } = findOrg(subject, input.query);
      return run({ ...subject, org }, { ...input, query: rest });
    },
  };
}

export const consoleRoutes: readonly JsonRoute<OrgSubject>[] = [
  {
    method: "GET",
    path: "/orgs",
    run: ({ context, defaultOrg }) => ({ data: views.listOrgs(context, defaultOrg()) }),
  },
  { method: "GET", path: "/overview", run: ({ context, org }) => views.readOverview(context, org) },
  { method: "GET", path: "/choices", run: ({ imports }) => ({ ...views.choices, imports: imports !== null }) },
  { method: "GET", path: "/connect", run: ({ connect }, { origin }) => connect(origin) },
  { method: "GET", path: "/keys", run: ({ context, org }) => ({ data: views.listKeys(context, org.id) }) },
  ...webhookRoutes,
  ...chartRoutes,
  ...controlPageRoutes,
  ...requestRoutes,
  ...inboxRoutes,
  ...importRoutes,
];

export function createDataHandler(
  subject: ConsoleSubject,
  token: string,
  onError: (error: unknown) => void,
): JsonHandler {
  return answerRoutes({ root: "/_console", name: "The console" }, consoleRoutes.map(withOrg), subject, token, onError);
}
