/**
 * Built, `onsync mcp` over stdio is a file of its own that starts in a third of the time (`scripts/mcp/bundle.ts`): hosts start
 * it anew for each session.
 */
import { existsSync } from "node:fs";
import type { Environment } from "./output/io.ts";

/** What the bundle leaves to the whole command: serving over HTTP, and the events and the ledger of a Redis. */
function needsWholeCommand(arg: string): boolean {
  return arg === "--http" || /^(?:--(?:events|ledger)=)?rediss?:/.test(arg);
}

/**
 * The file that serves the command line, where there is one; `undefined` where the whole command is needed.
 *
 * @param args without node and the script
 * @param env whose ONSYNC_LEDGER may name a Redis
 * @param from address of a file in the folder of the built command
 */
export function findBundle(args: readonly string[], env: Environment, from: string): string | undefined {
  const file = new URL("../bin/onsync-mcp.cjs", from);
  const ledger = env.ONSYNC_LEDGER?.trim() ?? "";
  return args[0] === "mcp" && ![...args, ledger].some(needsWholeCommand) && existsSync(file) ? file.href : undefined;
}
