/** Which tools are offered under the operator's safety settings, and why another is not. */
import { describeRefusal, type ToolFailure } from "../answers/tool-failure.ts";
import { tools as allTools } from "../tools/index.ts";
import type { Tool } from "../tools/tool.ts";
import { confirmArgument } from "./confirmations.ts";
import type { SafetySettings } from "./settings.ts";
import { checkToolsets } from "./toolsets.ts";

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

/** @throws Error where a toolset does not exist */
export function selectTools({ readOnly = false, send = "direct", toolsets }: SafetySettings) {
  const chosen = toolsets && checkToolsets(toolsets);
  const findReason = ({ operation }: Tool): [code: string, reason: string] | undefined => {
    if (readOnly && operation.effect !== "reads")
      return ["read_only", "This server is read-only: the operator has switched writing and sending off."];
    if (send === "off" && operation.effect === "sends")
      return ["sending_off", "The operator has switched sending off. Give the person you work for the text instead."];
    if (chosen && !operation.toolsets.some((toolset) => chosen.has(toolset)))
      return ["not_offered", "The operator does not offer this tool here."];
    return undefined;
  };
  const offered = allTools
    .filter((tool) => findReason(tool) === undefined)
    .map((tool) => (send === "confirm" && tool.operation.effect === "sends" ? addConfirmation(tool) : tool));
  const byName = new Map(offered.map((tool) => [tool.definition.name, tool]));

  return {
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
