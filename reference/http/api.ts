/**
 * One call of the API, checked in this order: route (404, 405), key (401), rate limit (429), scope (403), content type
 * (415), size (413), JSON and fields (400). What the handler writes, the events it causes included, is one transaction.
 */
import type { EndpointName } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { acceptOwnTimes, checkLimit } from "../deviations/behaviour.ts";
import type { Org } from "../store/orgs.ts";
import { type Answer, Refusal } from "./answers.ts";
import { authenticate, type Caller, findOrgOfSentKey } from "./auth.ts";
import { readJson } from "./body.ts";
import type { Call, Handler } from "./handlers/handler.ts";
import { handlers } from "./handlers/index.ts";
import { type Budget, rateLimitHeaders, spendToken } from "./rate-limit.ts";
import { findRoute, type Route } from "./route.ts";
import { type Parts, readQuery, validateParts } from "./validate.ts";

/**
 * Who calls. On an unknown route a key is not asked for: without a good one, the route's own refusal is the answer. A
 * revoked key may do nothing, but whose it was is known: what it is answered counts for that org, as every 4xx does.
 */
function identifyCaller(request: Request, context: ReferenceContext, route: Route | Refusal): Caller {
  const authorization = request.headers.get("authorization");
  try {
    return authenticate(authorization, context.store);
  } catch (error) {
    const org = context.store.orgs.byId(findOrgOfSentKey(authorization, context.store) ?? "");
    if (org) chargeRequest(context, org);
    throw route instanceof Refusal && error instanceof Refusal ? route : error;
  }
}

/** Every request of a known caller costs a token, errors included; a 429 costs nothing. */
function chargeRequest({ store, clock }: ReferenceContext, org: Org): Budget {
  const verdict = spendToken(org.bucket, org.rateLimit, clock.now());
  if (verdict.admitted) store.orgs.setBucket(org.id, verdict.bucket);
  return verdict;
}

function rateLimited(verdict: Budget, ceiling: number): Refusal {
  return new Refusal(
    "rate_limited",
    `The org's ${ceiling} requests an hour are spent. Wait ${Math.ceil(verdict.retryInMs / 1000)} s before the next request, or ask support for a higher ceiling.`,
  );
}

/** The parts of the request the endpoint takes, validated together so that one answer names every finding. */
async function readInput({ behaviour }: ReferenceContext, request: Request, url: URL, { endpoint, params }: Route) {
  const parts: Parts = [];
  const names: string[] = [];
  const part = (name: string, entry: Parts[number] | undefined): void => {
    if (!entry) return;
    names.push(name);
    parts.push(entry);
  };
  part("params", endpoint.params && { schema: endpoint.params, value: params });
  if (endpoint.query) {
    const value = acceptOwnTimes(readQuery(url.searchParams, endpoint.query), behaviour.current);
    checkLimit(value.limit, behaviour.current);
    part("query", { schema: endpoint.query, value });
  }
  part("body", endpoint.body && { schema: endpoint.body, value: await readJson(request) });
  const values = validateParts(parts);
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/**
 * @param url the request's address; its path starts with `/v1`
 * @param failed is told of errors nobody foresaw; they are answered with 500 and say nothing of the inside
 */
export async function callApi(
  context: ReferenceContext,
  request: Request,
  url: URL,
  { extensions, failed }: { extensions: boolean; failed: (error: unknown) => void },
): Promise<Answer> {
  let limits: Record<string, string> = {};
  try {
    const route = findRoute(request.method, url.pathname.slice("/v1".length), { extensions });
    const caller = identifyCaller(request, context, route);
    const budget = chargeRequest(context, caller.org);
    limits = rateLimitHeaders(budget, caller.org.rateLimit);
    if (!budget.admitted) throw rateLimited(budget, caller.org.rateLimit);
    if (route instanceof Refusal) throw route;

    const { scope } = route.endpoint;
    if (scope !== null && !caller.key.scopes.includes(scope)) {
      throw new Refusal("insufficient_scope", `The key lacks the scope ${scope}. Edit the key in the UI to grant it.`, {
        details: [{ path: ["scope"], code: "insufficient_scope", message: `needs ${scope}`, scope }],
      });
    }
    const input = await readInput(context, request, url, route);
    const handler = handlers[route.name] as Handler<EndpointName>;
    const call = { context, budget, ...caller, ...input } as Call<EndpointName>;
    const answer = context.store.transaction(() => handler(call));
    return { ...answer, headers: { ...limits, ...answer.headers } };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("internal", "Something went wrong on our side.");
    if (refusal !== error) failed(error);
    const answer = refusal.toAnswer();
    return { ...answer, headers: { ...limits, ...answer.headers } };
  }
}
