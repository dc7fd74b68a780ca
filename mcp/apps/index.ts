/**
 * Pages of ours in the chat (MCP Apps), offered only to hosts that declare the extension: a card on which a person decides on
 * a proposal, and a conversation. The tool by which the card decides is listed for the card alone; since nobody can tell who
 * calls, it takes the proposal's own token, which only `_meta` carries and hosts keep from models.
 */

import type { ToolResult } from "../call/present.ts";
import type { Toolbox } from "../call/toolbox.ts";
import type { ToolContext, ToolDefinition } from "../tools/tool.ts";
import { approvalCard } from "./approval-card.ts";
import { decideFromCard, decideTool } from "./decide.ts";
import { threadView } from "./thread-view.ts";

/** The extension of hosts that show pages of a server's in the chat. */
export const appsExtension = "io.modelcontextprotocol/ui";

const mimeType = "text/html;profile=mcp-app";
const views = {
  "ui://onsync/approval": { name: "approval", title: "A message to approve", text: approvalCard },
  "ui://onsync/thread": { name: "thread", title: "A conversation", text: threadView },
} as const;

type ListedTool = Omit<ToolDefinition, "outputSchema"> & Partial<Pick<ToolDefinition, "outputSchema">>;

export type Apps = ReturnType<typeof createApps>;

export function createApps({ tools, guard }: Toolbox) {
  const { proposing } = guard;
  const decides = proposing?.askHost ? proposing : undefined;
  const isShown = (host: ToolContext["host"]): boolean => host?.showsApps === true;
  const addView = (definition: ToolDefinition): ToolDefinition => {
    const resourceUri =
      definition.name === "list_messages"
        ? "ui://onsync/thread"
        : decides && definition.name.startsWith("send_")
          ? "ui://onsync/approval"
          : undefined;
    return resourceUri ? { ...definition, _meta: { ...definition._meta, ui: { resourceUri } } } : definition;
  };

  return {
    listTools: (host: ToolContext["host"]): ListedTool[] =>
      isShown(host) ? [...tools.definitions.map(addView), ...(decides ? [decideTool] : [])] : [...tools.definitions],

    /** @returns `undefined`: it is no tool of these pages */
    async callTool(name: string, args: Record<string, unknown>, context: ToolContext): Promise<ToolResult | undefined> {
      return decides && name === decideTool.name && isShown(context.host)
        ? decideFromCard(decides, args, context)
        : undefined;
    },

    listResources: (host: ToolContext["host"]) =>
      isShown(host) ? Object.entries(views).map(([uri, { name, title }]) => ({ uri, name, title, mimeType })) : [],

    /** @returns `undefined`: it is no page of these */
    readResource(uri: string, host: ToolContext["host"]) {
      if (!isShown(host) || !Object.hasOwn(views, uri)) return undefined;
      return { uri, mimeType, text: views[uri as keyof typeof views].text };
    },
  };
}
