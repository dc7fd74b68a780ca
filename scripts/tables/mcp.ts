/** The tools of the MCP server, for docs/mcp.md. */
import { tools } from "../../mcp/tools/index.ts";
import { measureTokens } from "../mcp/tokens.ts";
import { formatCode, formatTable } from "./markdown.ts";

/** What each tool does, in the words that an assistant reads. */
export function createToolTable(): string {
  return formatTable(
    ["tool", "does", "scope", "toolsets"],
    tools.map(({ definition, operation }) => [
      formatCode(definition.name),
      definition.description,
      operation.scope === null ? "any key" : formatCode(operation.scope),
      formatCode(operation.toolsets.join(" ")),
    ]),
  );
}

/** What their definitions cost a model, to the nearest ten. */
export function describeTokens(): string {
  const tokens = Math.round(measureTokens().together / 10) * 10;
  return `All definitions together cost a model about ${tokens.toLocaleString("en-US")} tokens.`;
}
