/** The tools of the MCP server, for docs/mcp.md. */
import { tools } from "../../mcp/tools/index.ts";
import { measureTokens } from "../mcp/tokens.ts";
import { code, table } from "./markdown.ts";

/** What each tool does, in the words that an assistant reads. */
export function toolTable(): string {
  return table(
    ["tool", "does", "scope", "toolsets"],
    tools.map(({ definition, operation }) => [
      code(definition.name),
      definition.description,
      operation.scope === null ? "any key" : code(operation.scope),
      code(operation.toolsets.join(" ")),
    ]),
  );
}

/** What their definitions cost a model, to the nearest ten. */
export function tokenSentence(): string {
  const tokens = Math.round(measureTokens().together / 10) * 10;
  return `All definitions together cost a model about ${tokens.toLocaleString("en-US")} tokens.`;
}
