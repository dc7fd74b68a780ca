/** Options of the commands that developers run: what is wrong with one is said in a sentence, without a stack. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Ends the command: it was called wrongly. */
export function refuseUsage(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}

/** What a script says of itself, and of how it is called. */
function readHelp(script: string): string {
  const [, comment = ""] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(script, "utf8")) ?? [];
  return comment.replace(/^ *\* ?/gm, "").trim();
}

/** The options that the command was given; `--help` prints what the script's first comment says, and ends it. */
export function readOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(`${readHelp(process.argv[1] ?? "")}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return refuseUsage(`${(error as Error).message.replace(/\.$/, "")}. --help says what there is.`);
  }
}
