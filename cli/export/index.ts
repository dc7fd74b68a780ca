/** `onsync export contacts|messages|conversations`: what is in OnSync into files, a database or the next program of a pipe. */
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { parseNotEmpty, parseShare } from "../settings/options.ts";
import type { ExportCommandOptions } from "./run-export.ts";

const help = `
Histories are read page by page, newest first, with a checkpoint for each conversation. Stopped or killed, the same command
goes on where it was; run again later, it reads what is new. Statuses of messages that it read before come with --verify all.

Examples:
  onsync export messages --to history
  onsync export contacts messages conversations --to duckdb:onsync.duckdb
  onsync export messages --to postgres://me@db.internal/warehouse?schema=inbox --events onsync-events.db --follow
  onsync export messages --to messages.parquet --verify all
  onsync export contacts --to contacts.csv --redact
  onsync export messages --to - --format singer --state state.json

--to is a folder, in which each table has its own with parts that are named by range and renamed when whole; a file (.ndjson,
.csv or .parquet), for one table; - for stdout; duckdb:FILE; or postgres://…
--events is what a receiver keeps (onsync listen): what came there costs no request, and once a first export is done nothing
else is read. Where events were gone before they were read, all is read again, and that is said.
What cannot be known is said, as a number: without OnSync's lists of contacts and conversations, those that nobody named.
--known names them: a contact's id, a conversation's id or a phone number a line.
With --json: a line {"plan":true,…} once it is known what there is, lines {"progress":true,…}, and last {"done":true,…}.

Exit codes: 0 done and complete, 1 failed or stopped, 2 called wrongly, 3 done, and something cannot be known or differs.`;

const tables = ["contacts", "messages", "conversations"];

function parseTables(name: string, before: string[] | undefined): string[] {
  if (!tables.includes(name)) throw new InvalidArgumentError(`Give one or several of ${tables.join(", ")}.`);
  return [...new Set([...(before ?? []), name])];
}

export function addExportCommand(program: Command, io: Io): void {
  const command = program
    .command("export")
    .summary("export contacts, messages and conversations to files or a database")
    .description(
      "Exports contacts, messages and conversations to files (NDJSON, CSV, Parquet), stdout, DuckDB or Postgres.",
    )
    .addArgument(new Argument("<tables...>", "contacts, messages, conversations").argParser(parseTables));
  for (const option of createOptions()) command.addOption(option);
  command
    .option("--redact", "mask phones, e-mail addresses, names and texts (the state has the numbers, to ask by)")
    .option("--json", "print JSON, one line for each event")
    .addHelpText("after", help)
    .action(async (names: ExportCommandOptions["tables"], options: Omit<ExportCommandOptions, "tables">) => {
      const { exportTables } = await import("./run-export.ts");
      await exportTables(io, { ...options, tables: names });
    });
}

function createOptions(): Option[] {
  return [
    new Option("--to <place>", "a folder, a file, - for stdout, duckdb:FILE or postgres://…")
      .argParser(parseNotEmpty)
      .makeOptionMandatory(),
    new Option(
      "--format <format>",
      "of files; singer is for stdout (default: what the file's name ends with, or ndjson)",
    ).choices(["ndjson", "csv", "parquet", "singer"]),
    new Option("--contact <id>", "the data of one contact alone, as for a request for access").argParser(parseNotEmpty),
    new Option("--known <file>", "contact ids, conversation ids and phone numbers to look for, one a line").argParser(
      parseNotEmpty,
    ),
    new Option(
      "--events <store>",
      "the events of `onsync listen`, its --data file or --redis URL: what they tell is not asked for",
    ).argParser(parseNotEmpty),
    new Option("--follow", "go on with what comes to --events, until it is stopped"),
    new Option("--verify [scope]", "read again in the end and compare: a sample, or all")
      .choices(["sample", "all"])
      .preset("sample"),
    new Option("--state <file>", "how far it has come (default: beside the place, as PLACE.state)").argParser(
      parseNotEmpty,
    ),
    new Option("--budget <percent>", "what it may take of the org's requests an hour")
      .argParser(parseShare)
      .default(0.6, "60%"),
    createLedgerOption("count requests in this SQLite file or Redis (redis://…), with all who name it"),
  ];
}
