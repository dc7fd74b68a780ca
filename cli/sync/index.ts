/** `onsync sync`: contacts kept the same in a CRM and in OnSync. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { parseNotEmpty, parseShare } from "../settings/options.ts";
import type { SyncCommandOptions } from "./run-sync.ts";

const help = `
--from is where the CRM's records are read, --to where the inbox's changes are written back: name the same file or table twice
to keep both sides the same. With --from alone the CRM counts, and its changes go to OnSync; with --to alone the inbox counts.

Examples:
  onsync sync --from crm.csv --to crm.csv --country DE --dry-run
  onsync sync --from crm.csv --to crm.csv --owner phone=crm --owner properties.stage=inbox --yes
  onsync sync --from postgres://crm@db/crm --to postgres://crm@db/crm --table customers --events onsync-events.db --every 5m --yes
  onsync sync --from crm.csv --to changes.csv --yes

A field that nobody owns goes from the side where it was changed to the other; changed on both, it is a conflict: left as it is
on both, listed in FILE.conflicts.csv, and done when a person has made both the same. Rows and contacts that are deleted on one
side stay on the other. With --events, what has changed in OnSync is known at no request; else all of it is read.
With --json: a line {"plan":true,…}, lines {"conflict":true,…}, and last {"done":true,…}.

Exit codes: 0 done, 1 failed or stopped, 2 called wrongly, 3 done, and there are conflicts.`;

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

function parseInterval(text: string): number {
  const [, number, unit] = /^(\d{1,5})([smh])$/.exec(text.trim()) ?? [];
  const ms = Number(number) * (units[unit ?? ""] ?? Number.NaN);
  if (ms >= 1_000) return ms;
  throw new InvalidArgumentError("Give how long to wait between two, such as 30s, 5m or 1h.");
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, parseNotEmpty(text)];
}

export function addSyncCommand(program: Command, io: Io): void {
  program
    .command("sync")
    .summary("keep contacts the same in a CRM and in OnSync")
    .description("Keeps contacts the same in a CRM (a CSV or NDJSON file, a table of Postgres) and in OnSync.")
    .addOption(
      new Option("--from <place>", "where the CRM's records are: FILE or postgres://…").argParser(parseNotEmpty),
    )
    .addOption(
      new Option("--to <place>", "where the inbox's changes go: FILE or postgres://…").argParser(parseNotEmpty),
    )
    .addOption(new Option("--table <name>", "the table of Postgres, or schema.table").argParser(parseNotEmpty))
    .addOption(
      new Option(
        "--key <column>",
        "the column that tells rows apart (default: the table's primary key; of a file the external id)",
      ).argParser(parseNotEmpty),
    )
    .addOption(
      new Option("--owner <field=side>", "whose value counts: crm, inbox or either, of one field or of all").argParser(
        collect,
      ),
    )
    .addOption(new Option("--map <column=field>", "what a column is; may be given several times").argParser(collect))
    .addOption(
      new Option("--country <code>", "of whose numbers those without a country code are: AE, GB …").argParser(
        parseNotEmpty,
      ),
    )
    .addOption(
      new Option("--events <place>", "the events that `onsync listen` keeps: its FILE or redis://…").argParser(
        parseNotEmpty,
      ),
    )
    .option("--dry-run", "show the plan, and end there")
    .option("--yes", "go on without asking")
    .addOption(new Option("--every <time>", "do it again after so long: 30s, 5m, 1h").argParser(parseInterval))
    .addOption(
      new Option("--budget <percent>", "what it may take of the org's requests an hour")
        .argParser(parseShare)
        .default(0.6, "60%"),
    )
    .addOption(
      new Option("--state <file>", "what both had last (default: FILE.sync; of Postgres in its database)").argParser(
        parseNotEmpty,
      ),
    )
    .addOption(
      new Option("--conflicts <file>", "what a person has to decide (default: FILE.conflicts.csv)").argParser(
        parseNotEmpty,
      ),
    )
    .addOption(createLedgerOption("count requests in this SQLite file or Redis (redis://…), with all who name it"))
    .option("--json", "print JSON, one line for each event")
    .addHelpText("after", help)
    .action(async (options: SyncCommandOptions) => {
      const { syncContacts } = await import("./run-sync.ts");
      await syncContacts(io, options);
    });
}
