/** What is told where things happen, counted. */
import type { ToolCallEvent } from "../../mcp/index.ts";
import type { Hooks, ResponseEvent } from "../../src/client/index.ts";
import type { DeliveryEvent, HandOnEvent } from "../../src/webhooks/index.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Hooks of a client.
 *
 * @param org whose budget it spends: `""` for the server's own key; `null` for a key that a request brought, of whose budget
 *   nothing is told: others' hours are not the operator's
 */
export function countRequests(metrics: Metrics | undefined, org: string | null): Pick<Hooks, "onResponse" | "onSend"> {
  if (!metrics) return {};
  return {
    onResponse: (event) => {
      const { endpoint, status, durationMs, rateLimit } = event;
      metrics.record("onsync_api_requests_total", 1, { endpoint, status: String(status ?? "none") });
      metrics.record("onsync_api_request_duration_seconds", durationMs / 1000, { endpoint });
      if (org !== null && rateLimit) recordBudget(metrics, org, rateLimit);
    },
    onSend: ({ outcome }) => metrics.record("onsync_sends_total", 1, { outcome }),
  };
}

function recordBudget(
  metrics: Metrics,
  org: string,
  { limit, remaining, resetAt }: NonNullable<ResponseEvent["rateLimit"]>,
): void {
  if (limit !== null) metrics.record("onsync_api_budget_limit_requests", limit, { org });
  if (remaining !== null) metrics.record("onsync_api_budget_remaining_requests", remaining, { org });
  if (resetAt !== null)
    metrics.record("onsync_api_budget_reset_timestamp_seconds", Date.parse(resetAt) / 1000, { org });
}

export function countDeliveries(metrics: Metrics | undefined): ((event: DeliveryEvent) => void) | undefined {
  return (
    metrics &&
    (({ outcome, durationMs }) => {
      metrics.record("onsync_delivery_duration_seconds", durationMs / 1000, {});
      if (outcome === "new" || outcome === "repeat")
        metrics.record("onsync_deliveries_accepted_total", 1, { kind: outcome });
      else metrics.record("onsync_deliveries_refused_total", 1, { reason: outcome });
    })
  );
}

export function countHandOns(metrics: Metrics | undefined): ((event: HandOnEvent) => void) | undefined {
  return (
    metrics &&
    (({ outcome, durationMs, ageMs }) => {
      metrics.record("onsync_hand_ons_total", 1, { outcome });
      metrics.record("onsync_hand_on_duration_seconds", durationMs / 1000, {});
      if (outcome === "done") metrics.record("onsync_hand_on_latency_seconds", ageMs / 1000, {});
    })
  );
}

export function countToolCalls(metrics: Metrics | undefined): ((event: ToolCallEvent) => void) | undefined {
  return (
    metrics &&
    (({ tool, outcome, durationMs }) => {
      metrics.record("onsync_tool_calls_total", 1, { tool, outcome });
      metrics.record("onsync_tool_call_duration_seconds", durationMs / 1000, { tool });
    })
  );
}
