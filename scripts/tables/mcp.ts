/** The tools of the MCP server, for docs/mcp.md, and what of their powers each option leaves, for docs/security.md. */
import { getPower, leftInWords, optionRows, type Power, powers } from "../../mcp/safety/powers.ts";
import { tools } from "../../mcp/tools/index.ts";
import { measureTokens } from "../mcp/tokens.ts";
import { formatCode, formatTable } from "./markdown.ts";

/** What each tool does, in the words that an assistant reads. */
export function createToolTable(): string {
  return formatTable(
    ["tool", "does", "power", "scope", "toolsets"],
    tools.map(({ definition, operation }) => [
      formatCode(definition.name),
      definition.description,
      powers[getPower(operation)],
      operation.scope === null ? "any key" : formatCode(operation.scope),
      formatCode(operation.toolsets.join(" ")),
    ]),
  );
}

/** What each option leaves of each power. */
export function createPowerTable(): string {
  const names = Object.keys(powers) as Power[];
  return formatTable(
    ["option", ...names.map((name) => powers[name])],
    optionRows.map(({ option, leaves }) => [option, ...names.map((name) => leftInWords[leaves[name]])]),
  );
}

/** What their definitions cost a model, to the nearest ten. */
export function describeTokens(): string {
  const tokens = Math.round(measureTokens().together / 10) * 10;
  return `All definitions together cost a model about ${tokens.toLocaleString("en-US")} tokens.`;
}
