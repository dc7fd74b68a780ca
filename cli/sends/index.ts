/** `onsync sends`: what the send ledger knows, and what became of a send whose answer was lost. */
import { type Command, Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { createNumberParser } from "../settings/options.ts";
import {
  type ListOptions,
  listEntries,
  requireEntry,
  type SendsOptions,
  showEntry,
  states,
  withLedger,
} from "./ledger-entries.ts";
import { settleEntry } from "./settle.ts";

const listHelp = `
Without --all or --state it lists what is open: claimed (being sent now) and unknown (the answer was lost).

Examples:
  onsync sends list --ledger sends.db
  onsync sends list --ledger redis://127.0.0.1:6379 --all --json`;

const settleHelp = `
Looks for the message in its conversation's history, with the API key of ONSYNC_API_KEY, and notes what it finds. A
receiver on the same ledger (\`onsync listen --ledger\`) settles a send by itself when OnSync delivers the message's event.

Exit codes: 0 it is settled (sent or not_sent), 1 it is still open.`;

export function addSendsCommand(program: Command, io: Io): void {
  const sends = program
    .command("sends")
    .summary("list, show and settle what the send ledger notes")
    .description(
      "Shows the sends that a ledger notes (`--ledger` of call, mcp, start and listen), and settles open ones.",
    );

  sends
    .command("list")
    .summary("list sends: the open ones, unless told otherwise")
    .description("Lists sends, the latest first.")
    .addOption(new Option("--state <state>", "in this state alone").choices([...states]))
    .addOption(new Option("--all", "in every state").conflicts("state"))
    .addOption(new Option("--limit <number>", "at most so many").argParser(createNumberParser(1, 10_000)).default(100))
    .addOption(createLedgerOption("the ledger: a SQLite file or a Redis (redis://…); else ONSYNC_LEDGER"))
    .option("--json", 'print one JSON object, {"data":[…]}, instead of a table')
    .addHelpText("after", listHelp)
    .action((options: ListOptions) => withLedger(io, options, (ledger) => listEntries(io, ledger, options)));

  sends
    .command("show")
    .summary("show one send")
    .description("Shows one send, by the id that list gives.")
    .argument("<id>", "its id, such as send_01JGDQ7W3N")
    .addOption(createLedgerOption("the ledger: a SQLite file or a Redis (redis://…); else ONSYNC_LEDGER"))
    .option("--json", "print JSON")
    .action((id: string, options: SendsOptions) =>
      withLedger(io, options, async (ledger) => showEntry(io, await requireEntry(ledger, id), options)),
    );

  sends
    .command("settle")
    .summary("find out what became of an open send")
    .description("Finds out what became of a send whose outcome is open.")
    .argument("<id>", "its id, such as send_01JGDQ7W3N")
    .addOption(createLedgerOption("the ledger: a SQLite file or a Redis (redis://…); else ONSYNC_LEDGER"))
    .option("--json", "print JSON")
    .addHelpText("after", settleHelp)
    .action((id: string, options: SendsOptions) =>
      withLedger(io, options, (ledger) => settleEntry(io, ledger, id, options)),
    );
}
