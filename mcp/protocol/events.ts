/** The MCP Events extension as requests. */
import { ProtocolError, ProtocolErrorCode, type Server, type ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Events } from "../surface/events.ts";
import type { ToolContext } from "../tools/tool.ts";

/** The Events extension's code for an event that is not there. */
const eventNotFound = -32011;

const ListParams = z.looseObject({});
const PollParams = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).optional(),
  cursor: z.string().nullish(),
  maxEvents: z.number().optional(),
  maxAgeMs: z.number().optional(),
});

export function handleEvents(
  server: Server,
  events: Events,
  createContext: (request: ServerContext) => ToolContext,
): void {
  server.setRequestHandler("events/list", { params: ListParams }, () => ({ events: events.list }));
  server.setRequestHandler("events/poll", { params: PollParams }, async (params, request) => {
    const answer = await events.poll(params, createContext(request));
    if (answer.found) {
      const { found: _found, ...page } = answer;
      return page;
    }
    const { unknown, message } = answer;
    throw new ProtocolError(
      unknown ? eventNotFound : ProtocolErrorCode.InvalidParams,
      message,
      unknown ? { kind: "event" } : {},
    );
  });
}
