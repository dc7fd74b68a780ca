/** The MCP Events extension as requests: the list, polls, and streams that last. */
import { ProtocolError, ProtocolErrorCode, type Server, type ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { systemClock } from "../../src/client/clock.ts";
import type { Events, PollAnswer, PollFailure } from "../surface/events.ts";
import type { ToolContext } from "../tools/tool.ts";
import { eventCodes } from "./event-codes.ts";

/** How long one wait of a stream lasts, in seconds; after it the host is told that the stream lives. */
const heartbeatSeconds = 25;
/** How long a stream leaves the events alone after a failure, in milliseconds. */
const retryDelayMs = 5000;

const subscriptionKey = "io.modelcontextprotocol/subscriptionId";

const ListParams = z.looseObject({ cursor: z.string().nullish() });
const StreamParams = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).nullish(),
  cursor: z.string().nullish(),
  maxAgeMs: z.number().nullish(),
});
const PollParams = StreamParams.extend({ maxEvents: z.number().nullish() });

type Params = z.output<typeof PollParams>;

function toPollParams({ name, arguments: args, cursor, maxAgeMs, maxEvents }: Params) {
  return {
    name,
    cursor,
    arguments: args ?? undefined,
    maxAgeMs: maxAgeMs ?? undefined,
    maxEvents: maxEvents ?? undefined,
  };
}

function toProtocolError({ why, message }: PollFailure): ProtocolError {
  switch (why) {
    case "unknown":
      return new ProtocolError(eventCodes.notFound, message, { kind: "event" });
    case "forbidden":
      return new ProtocolError(eventCodes.forbidden, message);
    case "invalid":
      return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
    default:
      return new ProtocolError(ProtocolErrorCode.InternalError, message);
  }
}

export function handleEvents(
  server: Server,
  events: Events,
  createContext: (request: ServerContext) => ToolContext,
): void {
  server.setRequestHandler("events/list", { params: ListParams }, ({ cursor }) => {
    if (cursor) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "The list has one page: leave cursor out.");
    return { events: events.list };
  });
  server.setRequestHandler("events/poll", { params: PollParams }, async (params, request) => {
    const answer = await events.poll(toPollParams(params), createContext(request));
    if (!answer.found) throw toProtocolError(answer);
    const { found: _found, ...page } = answer;
    return page;
  });
  server.setRequestHandler("events/stream", { params: StreamParams }, (params, request) =>
    stream(events, toPollParams(params), request, createContext(request)),
  );
}

/**
 * Tells of events until the host hangs up or the server closes.
 *
 * @throws ProtocolError where there is nothing to tell of: no stream begins
 */
async function stream(
  events: Events,
  params: ReturnType<typeof toPollParams>,
  { mcpReq }: ServerContext,
  context: ToolContext,
): Promise<{ _meta: Record<string, never> }> {
  const tell = (what: string, told: object) =>
    mcpReq
      .notify({ method: `notifications/events/${what}`, params: { ...told, _meta: { [subscriptionKey]: mcpReq.id } } })
      // Whoever has hung up is told no more.
      .catch(() => {});
  const isOver = () => mcpReq.signal.aborted || context.ending?.aborted === true;

  let answer: PollAnswer = await events.poll({ ...params, maxEvents: 1 }, context);
  if (!answer.found) throw toProtocolError(answer);
  await tell("active", { cursor: params.cursor ?? answer.cursor, truncated: answer.truncated });
  let { cursor } = answer;
  for (let first = true; ; first = false) {
    if (answer.found) {
      cursor = answer.cursor;
      if (answer.truncated && !first) await tell("active", { cursor, truncated: true });
      // One at a time, so that each carries the place after it.
      for (const event of answer.events) await tell("event", { ...event, cursor });
      if (answer.events.length === 0 && !first) await tell("heartbeat", { cursor });
    } else if (answer.why === "forbidden") {
      const { code, message } = toProtocolError(answer);
      await tell("terminated", { error: { code, message } });
      return { _meta: {} };
    } else if (!isOver()) {
      const { code, message } = toProtocolError(answer);
      await tell("error", { error: { code, message } });
      await systemClock.sleep(retryDelayMs, mcpReq.signal).catch(() => {});
    }
    if (isOver()) return { _meta: {} };
    answer = await events.poll({ name: params.name, cursor, maxEvents: 1 }, context, heartbeatSeconds);
  }
}
