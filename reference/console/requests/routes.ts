/** The requests that were made, one of them with what it carried, and making one: anew, or again as it was. */
import * as z from "zod";
import { type JsonRoute, readPathId } from "../../control/json-routes.ts";
import { invalidField, notFound, Refusal } from "../../http/answers.ts";
import { validate } from "../../http/input.ts";
import { type OrgSubject, parseQuery } from "../subject.ts";
import { readOrgBudget } from "../views.ts";
import { type ShownExchange, showExchange } from "./capture.ts";
import { filterRequests, RequestsQuery } from "./filter.ts";
import type { KeptRequest } from "./log.ts";

const maxListed = 200;

const CallInput = z.strictObject({
  method: z.enum(["GET", "POST", "PATCH", "PUT", "DELETE"]),
  path: z.string().max(2000).startsWith("/v1/", { error: "must be a path of the API, such as /v1/contacts" }),
  /** With which of the org's keys; without, with none. */
  keyId: z.string().optional(),
  /** Sent as it stands, as JSON. */
  body: z.string().optional(),
});

/** What came of a request that the console made. */
export type Made = {
  /** `null`: there was no answer. */
  status: number | null;
  durationMs: number;
  headers: [string, string][];
  body: string;
  /** Why there was none, or no whole one. */
  failure: string | null;
};

function describeFailure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function makeRequest({ callAs }: OrgSubject, request: Request, keyId: string | null): Promise<Made> {
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  let response: Response;
  try {
    response = await callAs(request, keyId);
  } catch (error) {
    return { status: null, durationMs: took(), headers: [], body: "", failure: describeFailure(error) };
  }
  const { status } = response;
  const headers = [...response.headers];
  try {
    const body = await response.text();
    return { status, durationMs: took(), headers, body, failure: null };
  } catch (error) {
    return { status, durationMs: took(), headers, body: "", failure: describeFailure(error) };
  }
}

/** @throws Refusal 404 */
function requireRequest({ requests, org }: OrgSubject, requestId: string): KeptRequest {
  const found = requests.find(org.id, requestId);
  if (!found) throw notFound("request", requestId);
  return found;
}

function showRequest({ line, captured }: KeptRequest): { line: KeptRequest["line"]; exchange: ShownExchange | null } {
  return { line, exchange: captured && showExchange(captured, line.keyPrefix) };
}

/** The request as it came, but for the key, which is known by its id. */
function rebuildRequest({ line, captured, path }: KeptRequest, origin: string): Request {
  if (captured === null) throw new Refusal("validation_failed", "What it carried is not kept any more.");
  const { notSentAgain } = showExchange(captured, null);
  if (notSentAgain !== null) throw new Refusal("validation_failed", `It cannot be sent again. ${notSentAgain}`);
  const { headers, body } = captured.request;
  return new Request(origin + path, { method: line.method, headers, ...(body && { body }) });
}

export const requestRoutes: readonly JsonRoute<OrgSubject>[] = [
  {
    method: "GET",
    path: "/requests",
    run: ({ context, requests, org }, { query }) => {
      const all = requests.list(org.id);
      const found = filterRequests(all, parseQuery(RequestsQuery, query));
      return {
        data: found.slice(0, maxListed),
        found: found.length,
        total: all.length,
        keys: [...new Set(all.flatMap(({ keyPrefix }) => keyPrefix ?? []))],
        budget: readOrgBudget(context, org),
      };
    },
  },
  {
    method: "GET",
    path: "/requests/{id}",
    run: (subject, input) => showRequest(requireRequest(subject, readPathId(input))),
  },
  {
    method: "POST",
    path: "/requests",
    takesBody: true,
    run: async (subject, { body: given, origin }) => {
      const { method, path, keyId, body } = validate(CallInput, given);
      if (keyId !== undefined && subject.context.store.keys.byId(keyId)?.orgId !== subject.org.id) {
        throw invalidField(["keyId"], "is no key of this org");
      }
      const url = new URL(origin + path);
      if (url.origin !== origin || !url.pathname.startsWith("/v1/")) throw invalidField(["path"], "must stay in /v1");
      const headers = {
        "User-Agent": "OnSync console",
        ...(body !== undefined && { "Content-Type": "application/json" }),
      };
      const hasBody = body !== undefined && method !== "GET";
      const request = new Request(url, { method, headers, ...(hasBody && { body }) });
      return makeRequest(subject, request, keyId ?? null);
    },
  },
  {
    method: "POST",
    path: "/requests/{id}/again",
    run: (subject, input) => {
      const kept = requireRequest(subject, readPathId(input));
      return makeRequest(subject, rebuildRequest(kept, input.origin), kept.keyId);
    },
  },
];
