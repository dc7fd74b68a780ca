/**
 * The MCP Events extension (`io.modelcontextprotocol/events`, SEP-3415), delivery mode poll: a host asks for events
 * itself, without a model in the loop. What it is given comes through `wait_for_events`, so that fences, masks and the
 * operator's restrictions hold for it too.
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
  /** `unknown`: there is no such event; otherwise the parameters are wrong. `message` may be shown to the model. */
  | { found: false; unknown: boolean; message: string };

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

export function createEvents(toolbox: Toolbox) {
  return {
    list: Object.values(events).map(({ type, title, description }) => ({
      name: type,
      title,
      description: description.replace(/^Triggers when/, "When"),
      delivery: ["poll"],
      inputSchema: { type: "object", properties: {}, additionalProperties: false },
      payloadSchema: { type: "object", additionalProperties: true },
    })),

    async poll(params: PollParams, context: ToolContext = {}): Promise<PollAnswer> {
      const { name, cursor, maxEvents = defaultEventsPerPoll, maxAgeMs } = params;
      if (!Object.hasOwn(events, name)) {
        return { found: false, unknown: true, message: `There is no such event: ${Object.keys(events).join(", ")}.` };
      }
      if (Object.keys(params.arguments ?? {}).length > 0)
        return { found: false, unknown: false, message: `${name} takes no arguments.` };
      const limit = Math.min(Math.max(Math.trunc(maxEvents), 1), maxEventsPerPoll);
      const args = { types: [name], limit, timeoutSeconds: 0, ...(cursor != null && { cursor }) };
      const { structuredContent, content, isError } = await callTool(toolbox, tool, args, context);
      if (isError) return { found: false, unknown: false, message: content.map(({ text }) => text).join("\n") };
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
