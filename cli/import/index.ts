/** `onsync import contacts FILE`: contacts from a file into OnSync, planned, paced and resumable. */
import { type Command, Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { createNumberParser, parseNotEmpty, parseShare } from "../settings/options.ts";
import { createQueueOption } from "../settings/queue.ts";
import type { OrgsOptions } from "./orgs/place.ts";
import type { ImportOptions } from "./run-import.ts";

const help = `
The plan comes first, without a request: which column is which field, numbers in international form, rows that are not
valid, rows that share a phone, e-mail or external id, and when it will be done. On a terminal it then asks.

Examples:
  onsync import contacts contacts.csv --country AE --dry-run
  onsync import contacts contacts.csv --country AE --yes
  onsync import contacts contacts.csv --map 'Mobile=phone' --map 'Company=properties.company' --map 'Notes=-'
  jq -c '.[]' contacts.json | onsync import contacts - --yes --json

A column can be firstName, lastName, name, phone, email, externalId, tags, channel, source, language, properties.NAME, or -
to leave it out. What --map says is kept in the journal for next time.
Stopped or killed, the same command goes on where it was. What was refused is in FILE.refused.csv: mend and import it.
With --json: a line {"plan":true,…}, lines {"progress":true,…} and {"refused":true,…}, and last {"done":true,…}.

Exit codes: 0 done, 1 failed or stopped, 2 called wrongly, 3 done, and rows were refused.`;

/** What is said of how it is imported. */
function addImportOptions(contacts: Command): Command {
  return contacts
    .addOption(
      new Option("--map <column=field>", "what a column is; may be given several times").argParser(
        (text: string, before: string[] = []) => [...before, parseNotEmpty(text)],
      ),
    )
    .addOption(
      new Option("--country <code>", "of whose numbers those without a country code are: AE, GB …").argParser(
        parseNotEmpty,
      ),
    )
    .option("--dry-run", "show the plan, and end there")
    .option("--yes", "go on without asking")
    .addOption(
      new Option("--budget <percent>", "what it may take of the org's requests an hour")
        .argParser(parseShare)
        .default(0.6, "60%"),
    )
    .addOption(
      new Option(
        "--on-duplicate <policy>",
        "rows that share an identifier, or whose identifiers are those of several contacts",
      )
        .choices(["skip", "first", "newest", "ask"])
        .default("skip"),
    )
    .addOption(
      new Option(
        "--tags <mode>",
        "leave the contacts' tags alone, add the file's (a second request where one is missing), or put them in their place",
      )
        .choices(["keep", "add", "replace"])
        .default("keep"),
    )
    .addOption(new Option("--journal <file>", "what was done (default: FILE.journal)").argParser(parseNotEmpty))
    .addOption(
      new Option("--errors <file>", "the rows that are refused (default: FILE.refused.csv, beside it)").argParser(
        parseNotEmpty,
      ),
    )
    .addOption(createLedgerOption("count requests in this SQLite file or Redis (redis://…), with all who name it"));
}

export function addImportCommand(program: Command, io: Io): void {
  const command = program
    .command("import")
    .summary("import contacts from CSV, NDJSON or Parquet")
    .description("Imports data from a file into OnSync.");
  const contacts = command
    .command("contacts")
    .summary("import contacts from CSV, NDJSON or Parquet")
    .description(
      "Imports contacts from a file (CSV, NDJSON, Parquet) or stdin: creates them, or updates those that are there.",
    )
    .usage("[options] <file>\n       onsync import contacts [options] --orgs <file>")
    .argument("[file]", "the file, or - for stdin")
    .addOption(
      new Option(
        "--orgs <file>",
        "an import for each org that this file names with its key and its contacts (JSON, NDJSON or CSV)",
      ).argParser(parseNotEmpty),
    )
    .addOption(
      createQueueOption(
        "with --orgs: have workers (onsync work) do it, which share this queue: redis://… or postgres://…",
      ),
    )
    .addOption(
      new Option("--concurrency <number>", "with --orgs: requests under way at once, which the orgs share evenly")
        .argParser(createNumberParser(1, 1_000))
        .default(32),
    );
  addImportOptions(contacts)
    .option("--json", "print JSON, one line for each event")
    .addHelpText("after", help)
    .action(async (file: string | undefined, options: ImportOptions & OrgsOptions) => {
      if (file !== undefined && options.orgs !== undefined)
        contacts.error("error: --orgs: it names the files itself: leave out the argument");
      if (options.orgs !== undefined) {
        const { importOrgs } = await import("./orgs/run-orgs.ts");
        return importOrgs(io, options);
      }
      if (options.queue !== undefined)
        contacts.error("error: --queue: workers have the keys of an orgs' file: name the file in one, and give --orgs");
      if (file === undefined) return contacts.error("error: missing required argument 'file', or --orgs");
      const { importContacts } = await import("./run-import.ts");
      await importContacts(io, file, options);
    });
}
