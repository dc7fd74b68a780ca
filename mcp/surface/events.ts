/**
 * The MCP Events extension (`io.modelcontextprotocol/events`, SEP-3415): a host asks for events itself, without a model in
 * the loop. What it is given comes through `wait_for_events`, so that fences, masks and the operator's restrictions hold for
 * it too.
 */
import { events } from "../../src/api/index.ts";
import type { Data } from "../answers/summaries.ts";
import { callTool } from "../call/call-tool.ts";
import type { Toolbox } from "../call/toolbox.ts";
import type { ToolContext } from "../tools/tool.ts";

export const eventsExtension = "io.modelcontextprotocol/events";
const tool = "wait_for_events";

/** Milliseconds a host waits between two polls that found nothing. */
const nextPollMs = 5000;
const maxEventsPerPoll = 100;
const defaultEventsPerPoll = 20;

export type DeliveryMode = "poll" | "push" | "webhook";

export type EventOccurrence = { eventId: string; name: string; timestamp: string; data: Data };

export type PollAnswer =
  | {
      found: true;
      events: EventOccurrence[];
      cursor: string;
      /** Events were skipped: too old for the request, or no longer kept. */
      truncated: boolean;
      hasMore: boolean;
      nextPollMs: number;
      _meta?: Data;
    }
  | PollFailure;

export type PollFailure = {
  found: false;
  /**
   * `unknown`: there is no such event. `invalid`: the parameters are wrong. `forbidden`: the key may not read them.
   * `unavailable`: another time it may be answered. `ended`: the server closes, or the host has hung up.
   */
  why: "unknown" | "invalid" | "forbidden" | "unavailable" | "ended";
  /** May be shown to the model. */
  message: string;
};

export type PollParams = {
  name: string;
  arguments?: Data | undefined;
  /** `null` or none: from now on. */
  cursor?: string | null | undefined;
  maxEvents?: number | undefined;
  maxAgeMs?: number | undefined;
};

type Waited = {
  data: { id: string; type: string; createdAt: string; data: Data }[];
  cursor: string;
  more: boolean;
  gap: boolean;
  /** What the marks around customers' words mean. */
  customerText?: string;
};

const whyByCode: Record<string, PollFailure["why"]> = {
  validation_failed: "invalid",
  validation: "invalid",
  insufficient_scope: "forbidden",
  permission: "forbidden",
  invalid_api_key: "forbidden",
  authentication: "forbidden",
  closing: "ended",
  cancelled: "ended",
};

/** @param deliveries the ways by which events reach a host here */
export function createEvents(toolbox: Toolbox, deliveries: readonly DeliveryMode[] = ["poll", "push"]) {
  return {
    deliveries,

    list: Object.values(events).map(({ type, title, description }) => ({
      name: type,
      title,
      description: description.replace(/^Triggers when/, "When"),
      delivery: deliveries,
      inputSchema: { type: "object", properties: {}, additionalProperties: false },
      payloadSchema: { type: "object", additionalProperties: true },
    })),

    /** @param timeoutSeconds how long to wait for the first event, at most */
    async poll(params: PollParams, context: ToolContext = {}, timeoutSeconds = 0): Promise<PollAnswer> {
      const { name, cursor, maxEvents = defaultEventsPerPoll, maxAgeMs } = params;
      if (!Object.hasOwn(events, name)) {
        const message = `There is no such event. There are: ${Object.keys(events).join(", ")}.`;
        return { found: false, why: "unknown", message };
      }
      if (Object.keys(params.arguments ?? {}).length > 0)
        return { found: false, why: "invalid", message: `${name} takes no arguments.` };
      const limit = Math.min(Math.max(Math.trunc(maxEvents), 1), maxEventsPerPoll);
      const args = { types: [name], limit, timeoutSeconds, ...(cursor != null && { cursor }) };
      const { structuredContent, content, isError, _meta } = await callTool(toolbox, tool, args, context);
      if (isError) {
        const { code = "" } = (_meta?.["onsync/error"] ?? {}) as { code?: string };
        const message = content.map(({ text }) => text).join("\n");
        return { found: false, why: whyByCode[code] ?? "unavailable", message };
      }
      const answer = structuredContent as Waited;
      const oldest = maxAgeMs === undefined ? Number.NEGATIVE_INFINITY : toolbox.clock.now() - maxAgeMs;
      const recent = answer.data.filter(({ createdAt }) => !(Date.parse(createdAt) < oldest));
      return {
        found: true,
        events: recent.map(({ id, type, createdAt, data }) => ({
          eventId: id,
          name: type,
          timestamp: createdAt,
          data,
        })),
        cursor: answer.cursor,
        truncated: answer.gap || recent.length < answer.data.length,
        hasMore: answer.more,
        nextPollMs,
        ...(answer.customerText !== undefined && { _meta: { "onsync/customerText": answer.customerText } }),
      };
    },
  };
}

export type Events = ReturnType<typeof createEvents>;
