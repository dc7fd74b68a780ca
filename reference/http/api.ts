/**
 * One call of the API, checked in this order: route (404, 405), key (401), rate limit (429), scope (403), content type
 * (415), size (413), JSON and fields (400). What the handler writes, the events it causes included, is one transaction.
 */
import type { EndpointName } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import type { Charge } from "../inbox/budget.ts";
import { type Answer, Refusal } from "./answers.ts";
import { admitKey, authenticate, type Caller, requireScope } from "./auth.ts";
import type { Call, Handler } from "./handlers/handler.ts";
import { handlers } from "./handlers/index.ts";
import { readInput } from "./input.ts";
import { chargeRequest, rateLimitHeaders, requireBudget } from "./rate-limit.ts";
import { findRoute, type Route } from "./routes.ts";

export type CallOptions = {
  extensions: boolean;
  /** Is told of errors nobody foresaw; they are answered with 500 and say nothing of the inside. */
  reportError: (error: unknown) => void;
  /** The id of the key that the console calls with, of which it does not know the text; `null`: the one that was sent. */
  keyId: string | null;
  /** What the request came by; none in process. */
  connection: object | undefined;
};

/** @param url the request's address; its path starts with `/v1` */
export async function callApi(
  context: ReferenceContext,
  request: Request,
  url: URL,
  { extensions, reportError, keyId, connection }: CallOptions,
): Promise<Answer> {
  let limits: Record<string, string> = {};
  try {
    const found = findRoute(request.method, url.pathname.slice("/v1".length), { extensions });
    const admitted = context.store.transaction(() => admit(request, context, found, { keyId, connection }));
    if (admitted instanceof Refusal) throw admitted;
    const { caller, budget } = admitted;
    const { org } = caller;
    limits = rateLimitHeaders(budget, org.rateLimit);
    requireBudget(budget, org.rateLimit);
    const route = requireRoute(found);
    requireScope(caller, route.endpoint);
    const input = await readInput(request, url, route, context.behaviour.current);
    const handler = handlers[route.name] as Handler<EndpointName>;
    const call = { context, budget, ...caller, ...input } as Call<EndpointName>;
    const answer = context.store.transaction(() => handler(call));
    return { ...answer, headers: { ...limits, ...answer.headers } };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("internal", "Something went wrong on our side.");
    if (refusal !== error) reportError(error);
    const answer = refusal.toAnswer();
    return { ...answer, headers: { ...limits, ...answer.headers } };
  }
}

/** Who calls, with the budget after this request; or the refusal, which may have cost a request, and so undoes nothing. */
function admit(...given: Parameters<typeof identifyCaller>): { caller: Caller; budget: Charge } | Refusal {
  try {
    const caller = identifyCaller(...given);
    return { caller, budget: chargeRequest(given[1], caller.org) };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** On an unknown route a key is not asked for: without a good one, the route's own refusal is the answer. */
function identifyCaller(
  request: Request,
  context: ReferenceContext,
  found: Route | Refusal,
  { keyId, connection }: Pick<CallOptions, "keyId" | "connection">,
): Caller {
  try {
    if (keyId !== null) return admitKey(context.store.keys.byId(keyId), context);
    return authenticate(request.headers.get("authorization"), context, connection);
  } catch (error) {
    throw found instanceof Refusal && error instanceof Refusal ? found : error;
  }
}

/** A known caller's budget is spent on a wrong route, too: so the refusal comes after the charge. */
function requireRoute(found: Route | Refusal): Route {
  if (found instanceof Refusal) throw found;
  return found;
}
