/** `onsync work`: imports that others asked for with `--queue`. */
import type { Command } from "commander";
import { Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { addMetricsOptions, createNumberParser, parseNotEmpty } from "../settings/options.ts";
import { createQueueOption } from "../settings/queue.ts";
import type { WorkOptions } from "./run-work.ts";

const help = `
Examples:
  onsync import contacts --orgs orgs.csv --queue redis://10.0.0.5 --yes      asks for the imports, and tells how they go
  onsync work --queue redis://10.0.0.5 --orgs orgs.csv                       does them; on as many machines as you like

A worker has the keys of its own --orgs file (org, baseUrl and key count; files are the asking command's): none is in the queue.
An import whose worker is killed or is not heard of for ten seconds goes on elsewhere from what was noted.
Stopped, a worker finishes what is under way and hands the rest back.`;

export function addWorkCommand(program: Command, io: Io): void {
  const command = program
    .command("work")
    .summary("do the imports that were asked for with --queue")
    .description("Works on imports that are shared by a queue, until it is stopped.")
    .addOption(createQueueOption("where the imports are: redis://… or postgres://…").makeOptionMandatory())
    .addOption(
      new Option("--orgs <file>", "the orgs and their keys, as of import contacts --orgs")
        .argParser(parseNotEmpty)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--places <number>", "imports at once").argParser(createNumberParser(1, 1_000)).default(50))
    .addOption(createLedgerOption("count requests in this Redis (redis://…) and not where the queue is"))
    .option("--json", "print JSON, one line for each event");
  addMetricsOptions(command)
    .addHelpText("after", help)
    .action(async (options: WorkOptions) => {
      const { workUntilStopped } = await import("./run-work.ts");
      await workUntilStopped(io, options);
    });
}
