/** `onsync sends`: what the send ledger knows, and what became of a send whose answer was lost. */
import { type Command, Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { createNumberParser, parseNotEmpty } from "../settings/options.ts";
import { type ApproveOptions, approveEntry, type DeclineOptions, declineEntry } from "./decide.ts";
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
Without --all or --state it lists what is open: proposed (an assistant waits for a person), claimed (being sent now) and
unknown (the answer was lost).

Examples:
  onsync sends list --ledger sends.db
  onsync sends list --ledger redis://127.0.0.1:6379 --all --json`;

const approveHelp = `
\`onsync sends show ID\` shows the whole message first. It is sent with the API key of ONSYNC_API_KEY, once, whoever else
approves it. --text sends another text in its place, and the ledger says that it was edited.

Exit codes: 0 it was sent, 1 it was not, or nobody can tell.`;

const settleHelp = `
Looks for the message in its conversation's history, with the API key of ONSYNC_API_KEY, and notes what it finds. A
receiver on the same ledger (\`onsync listen --ledger\`) settles a send by itself when OnSync delivers the message's event.

Exit codes: 0 it is settled (sent or not_sent), 1 it is still open.`;

const ledgerHelp =
  "the ledger: a SQLite file or a Redis (redis://…); else ONSYNC_LEDGER, else the file of `onsync mcp --send person`";

export function addSendsCommand(program: Command, io: Io): void {
  const sends = program
    .command("sends")
    .summary("list and show what the send ledger notes, settle it, and approve what waits for a person")
    .description(
      "Shows the sends that a ledger notes (`--ledger` of call, mcp, start and listen), settles open ones, and approves or declines those that an assistant proposed (`onsync mcp --send person`).",
    );

  sends
    .command("list")
    .summary("list sends: the open ones, unless told otherwise")
    .description("Lists sends, the latest first.")
    .addOption(new Option("--state <state>", "in this state alone").choices([...states]))
    .addOption(new Option("--all", "in every state").conflicts("state"))
    .addOption(new Option("--limit <number>", "at most so many").argParser(createNumberParser(1, 10_000)).default(100))
    .addOption(createLedgerOption(ledgerHelp))
    .option("--json", 'print one JSON object, {"data":[…]}, instead of a table')
    .addHelpText("after", listHelp)
    .action((options: ListOptions) => withLedger(io, options, (ledger) => listEntries(io, ledger, options)));

  sends
    .command("show")
    .summary("show one send")
    .description("Shows one send, by the id that list gives.")
    .argument("<id>", "its id, such as send_01JGDQ7W3N")
    .addOption(createLedgerOption(ledgerHelp))
    .option("--json", "print JSON")
    .action((id: string, options: SendsOptions) =>
      withLedger(io, options, async (ledger) => showEntry(io, await requireEntry(ledger, id), options)),
    );

  sends
    .command("settle")
    .summary("find out what became of an open send")
    .description("Finds out what became of a send whose outcome is open.")
    .argument("<id>", "its id, such as send_01JGDQ7W3N")
    .addOption(createLedgerOption(ledgerHelp))
    .option("--json", "print JSON")
    .addHelpText("after", settleHelp)
    .action((id: string, options: SendsOptions) =>
      withLedger(io, options, (ledger) => settleEntry(io, ledger, id, options)),
    );
  addDecisions(sends, io);
}

function addDecisions(sends: Command, io: Io): void {
  sends
    .command("approve")
    .summary("send a message that an assistant has proposed")
    .description("Approves a message that an assistant has proposed, and sends it.")
    .argument("<id>", "its id, such as proposal_01JGDQ7W3N")
    .addOption(new Option("--text <text>", "send this text instead").argParser(parseNotEmpty))
    .addOption(createLedgerOption(ledgerHelp))
    .option("--json", "print JSON")
    .addHelpText("after", approveHelp)
    .action((id: string, options: ApproveOptions) =>
      withLedger(io, options, (ledger) => approveEntry(io, ledger, id, options)),
    );

  sends
    .command("decline")
    .summary("decline a message that an assistant has proposed")
    .description("Declines a message that an assistant has proposed: it is never sent.")
    .argument("<id>", "its id, such as proposal_01JGDQ7W3N")
    .addOption(new Option("--reason <text>", "what the assistant is told").argParser(parseNotEmpty))
    .addOption(createLedgerOption(ledgerHelp))
    .option("--json", "print JSON")
    .action((id: string, options: DeclineOptions) =>
      withLedger(io, options, (ledger) => declineEntry(io, ledger, id, options)),
    );
}
