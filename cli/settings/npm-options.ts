/** Options that npm has kept for itself: of `npm start --port 5000` only the 5000 reaches the command. */
import type { Command } from "commander";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";

/** The scripts of package.json that run the command. */
const scripts = ["start", "onsync"];

/**
 * @throws UsageError that says how the options are given to npm
 * @param args as they came through npm
 */
export function refuseOptionsKeptByNpm(program: Command, args: readonly string[], env: Environment): void {
  const script = env.npm_lifecycle_event;
  if (script === undefined || !scripts.includes(script)) return;
  const command = program.commands.find((each) => each.name() === args[0]);
  // An option that came as well is npm's by its own settings: nothing is missing.
  const given = new Set(args.map((arg) => arg.split("=", 1)[0]));
  const kept = (command?.options ?? [])
    .filter(
      ({ long }) =>
        long && !given.has(long) && long !== "--json" && env[`npm_config_${long.slice(2).replaceAll("-", "_")}`],
    )
    .map(({ long, flags }) => (/[<[]/.test(flags) ? `${long} …` : long));
  if (kept.length === 0) return;
  const called = script === "start" ? "npm start" : `npm run ${script}`;
  const [before, options] = [script === "start" ? "" : ` ${args[0]}`, kept.join(" ")];
  throw new UsageError(
    `npm has kept ${options} for itself. Write \`${called} --${before} ${options}\`: what follows -- reaches the command.`,
  );
}
