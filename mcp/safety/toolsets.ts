/** What an operator chose to offer (`--toolsets`): groups of tools, of which each operation names its own, or single ones. */
import { findOperation, type Operation, toolsets } from "../../src/operations/index.ts";

/**
 * Offered only to who asks for it by name: a webhook carries every customer's messages elsewhere, and its address may
 * hold a secret of its receiver's.
 */
const onlyByName = "webhooks";

/** @throws Error that names the sets there are */
export function checkToolsets(names: readonly string[]): void {
  const unknown = names.find((name) => !(toolsets as readonly string[]).includes(name) && !isTool(name));
  if (unknown === undefined && names.length > 0) return;
  throw new Error(
    `there is no toolset ${JSON.stringify(unknown ?? "")}; choose from ${toolsets.join(", ")}, or name a tool`,
  );
}

function isTool(name: string): boolean {
  const operation = findOperation(name);
  return operation !== undefined && operation.leftOut.mcp === undefined;
}

/**
 * @param names as the operator gave them; `undefined`: every group but the one that must be named
 * @returns whether a tool is offered
 * @throws Error where there is no such group or tool
 */
export function createToolChoice(names: readonly string[] | undefined) {
  if (names) checkToolsets(names);
  const chosen = new Set(names ?? toolsets.filter((toolset) => toolset !== onlyByName));
  return ({ name, toolsets: groups }: Operation): boolean =>
    chosen.has(name) || groups.some((group) => chosen.has(group));
}
