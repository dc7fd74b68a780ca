/**
 * What the MCP server costs a model's context: o200k tokens of each tool's definition, as hosts show it to a model, and
 * of the server's instructions. Exits with 1 above a budget: `node scripts/mcp/tokens.ts [--json]`.
 */
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { instructions } from "../../mcp/instructions.ts";
import { selectTools } from "../../mcp/safety/select-tools.ts";
import { toolsets } from "../../src/operations/toolsets.ts";

export const budgets = { together: 2500, tool: 250, instructions: 200 };

/** What a host shows the model of a tool; titles, hints and output schemas are for the host itself. */
function toModelDefinition({ name, description, inputSchema }: (typeof definitions)[number]): string {
  return JSON.stringify({ name, description, input_schema: inputSchema });
}

const { definitions } = selectTools({ toolsets });
// Confirmation adds an argument and a sentence to each send.
const confirming = new Map(
  selectTools({ send: "confirm" }).definitions.map((definition) => [definition.name, definition]),
);

export type TokenCount = { name: string; tokens: number; confirming: number };

/** Tokens of each tool, as offered by default and with `--send confirm`, and of the instructions. */
export function measureTokens(): {
  tools: TokenCount[];
  together: number;
  confirming: number;
  instructions: number;
} {
  const tools = definitions.map((definition) => ({
    name: definition.name,
    tokens: countTokens(toModelDefinition(definition)),
    confirming: countTokens(toModelDefinition(confirming.get(definition.name) ?? definition)),
  }));
  const sum = (of: "tokens" | "confirming") => tools.reduce((total, tool) => total + tool[of], 0);
  return { tools, together: sum("tokens"), confirming: sum("confirming"), instructions: countTokens(instructions) };
}

/** Which budgets are exceeded, in words. */
export function listExceededBudgets({
  tools,
  together,
  confirming,
  instructions: told,
}: ReturnType<typeof measureTokens>) {
  return [
    ...tools
      .filter(({ tokens, confirming: larger }) => Math.max(tokens, larger) > budgets.tool)
      .map(({ name }) => `${name} takes more than ${budgets.tool} tokens.`),
    ...(Math.max(together, confirming) >= budgets.together
      ? [`The definitions take ${budgets.together} tokens or more together.`]
      : []),
    ...(told >= budgets.instructions ? [`The instructions take ${budgets.instructions} tokens or more.`] : []),
  ];
}

if (import.meta.main) {
  const measured = measureTokens();
  if (process.argv.includes("--json")) console.log(JSON.stringify(measured));
  else {
    const line = (name: string, tokens: number, confirming: number) =>
      console.log(`${name.padEnd(24)} ${String(tokens).padStart(5)} ${String(confirming).padStart(13)}`);
    console.log(`${"o200k tokens".padEnd(24)} ${"each".padStart(5)} ${"--send confirm".padStart(13)}`);
    for (const { name, tokens, confirming } of measured.tools) line(name, tokens, confirming);
    line(`${measured.tools.length} tools together`, measured.together, measured.confirming);
    line("instructions", measured.instructions, measured.instructions);
    console.log(`Budgets: ${budgets.tool} a tool, ${budgets.together} together, ${budgets.instructions} instructions.`);
  }
  for (const complaint of listExceededBudgets(measured)) {
    console.error(complaint);
    process.exitCode = 1;
  }
}
