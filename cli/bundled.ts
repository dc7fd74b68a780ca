/**
 * Built, `onsync mcp` over stdio is a file of its own that starts in a third of the time (`scripts/bundle.ts`): hosts start
 * it anew for each session.
 */
import { existsSync } from "node:fs";

/** What the bundle leaves to the whole command: serving over HTTP, and the events of a Redis. */
const needsAll = (arg: string): boolean => arg === "--http" || /^(--events=)?rediss?:/.test(arg);

/**
 * The file that serves the command line, where there is one; `undefined` where the whole command is needed.
 *
 * @param args without node and the script
 * @param from address of a file in the folder of the built command
 */
export const bundledFor = (args: readonly string[], from: string): string | undefined => {
  const file = new URL("../bin/onsync-mcp.cjs", from);
  return args[0] === "mcp" && !args.some(needsAll) && existsSync(file) ? file.href : undefined;
};
