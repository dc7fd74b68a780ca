/** Which tools are offered under the operator's safety settings, and why another is not. */
import { describeRefusal, type ToolFailure } from "../answers/tool-failure.ts";
import { tools as allTools } from "../tools/index.ts";
import type { Tool } from "../tools/tool.ts";
import { confirmArgument } from "./confirmations.ts";
import { findLimits, getPower, type Power } from "./powers.ts";
import type { SafetySettings } from "./settings.ts";
import { createToolChoice } from "./toolsets.ts";

/** A send that asks first: the same tool, with a token to give back and an answer that may be a preview. */
function addConfirmation(tool: Tool): Tool {
  const { definition } = tool;
  const text = { type: "string" };
  return {
    ...tool,
    own: [...tool.own, confirmArgument],
    definition: {
      ...definition,
      description: `${definition.description} The first call only returns a preview and a ${confirmArgument}: repeat it with that to send.`,
      inputSchema: {
        ...definition.inputSchema,
        properties: { ...(definition.inputSchema.properties as object), [confirmArgument]: text },
      },
      outputSchema: {
        type: "object",
        properties: {
          ...(definition.outputSchema.properties as object),
          sent: { type: "boolean" },
          preview: { type: "object", additionalProperties: true },
          [confirmArgument]: text,
          expiresAt: text,
        },
      },
    },
  };
}

/** A send that only a person can have made: the same tool, whose answer is a proposal and what became of it. */
function addProposal(tool: Tool): Tool {
  const { definition } = tool;
  const text = { type: "string" };
  return {
    ...tool,
    definition: {
      ...definition,
      description: `${definition.description} It only proposes the message: a person approves it elsewhere. The same call again tells what became of it.`,
      outputSchema: {
        type: "object",
        properties: {
          sent: { type: "boolean" },
          state: text,
          proposalId: text,
          preview: { type: "object", additionalProperties: true },
          expiresAt: text,
          approvalUrl: text,
          edited: { type: "boolean" },
          reason: text,
          messageId: text,
          conversationId: text,
        },
        required: ["sent", "state", "proposalId", "preview", "expiresAt"],
      },
    },
  };
}

/** Claude Code asks a person at each call of a tool that says so, whatever it allows by itself. */
const requiresPerson = { "anthropic/requiresUserInteraction": true };

/** A send as the operator wants it made. */
function adaptSend(tool: Tool, send: SafetySettings["send"]): Tool {
  if (send !== "confirm" && send !== "person") return tool;
  const adapted = send === "confirm" ? addConfirmation(tool) : addProposal(tool);
  return {
    ...adapted,
    definition: { ...adapted.definition, _meta: { ...adapted.definition._meta, ...requiresPerson } },
  };
}

/** Why a tool whose power an option takes away is not there. */
function describePowerTaken(power: Power, option: string): [code: string, reason: string] {
  if (option === "--read-only")
    return ["read_only", "This server is read-only: the operator has switched writing and sending off."];
  if (power === "writesToCustomers")
    return ["sending_off", "The operator has switched sending off. Give the person you work for the text instead."];
  return [
    "channels_off",
    `With ${option} no webhook is registered or removed here: who receives one reads every customer's messages. The person you work for can do it in OnSync.`,
  ];
}

/**
 * @param hasEvents whether events are received here: without them a tool that waits for them waits for nothing
 * @throws Error where a toolset or a tool that was chosen does not exist
 */
export function selectTools(safety: SafetySettings, hasEvents = true) {
  const isChosen = createToolChoice(safety.toolsets);
  const findReason = ({ operation, waits }: Tool): [code: string, reason: string] | undefined => {
    const power = getPower(operation);
    const taken = findLimits(safety, power).get("no");
    if (taken !== undefined) return describePowerTaken(power, taken);
    if (!hasEvents && waits)
      return [
        "no_events",
        "No webhook receiver runs beside this server, so there are no events to wait for. Read the conversation with list_messages instead.",
      ];
    return isChosen(operation) ? undefined : ["not_offered", "The operator does not offer this tool here."];
  };
  const offered = allTools
    .filter((tool) => findReason(tool) === undefined)
    .map((tool) => (tool.operation.effect === "sends" ? adaptSend(tool, safety.send) : tool));
  const byName = new Map(offered.map((tool) => [tool.definition.name, tool]));

  return {
    tools: offered,
    definitions: offered.map(({ definition }) => definition),
    find: (name: string): Tool | undefined => byName.get(name),
    has: (name: string): boolean => byName.has(name),
    /** Why a tool is not there. */
    describeMissing(name: string): ToolFailure {
      const known = allTools.find(({ definition }) => definition.name === name);
      const reason = known && findReason(known);
      if (reason) return describeRefusal(name, ...reason);
      const names = [...byName.keys()].join(", ");
      const shown = JSON.stringify(name.slice(0, 60));
      return describeRefusal(shown, "unknown_tool", `There is no such tool. The tools: ${names}.`);
    },
  };
}

export type ToolSelection = ReturnType<typeof selectTools>;
