/** `onsync sends`: what the send ledger knows, and what became of a send whose answer was lost. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import type { LedgerEntry, SendLedger, SendState } from "../../src/client/ledger/ledger.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import { formatTable } from "../output/table.ts";
import { createLedgerOption, findLedger, isRedisUrl, type LedgerChoice, openNamedLedger } from "../settings/ledger.ts";
import { createNumberParser } from "../settings/options.ts";

type SendsOptions = LedgerChoice & { json?: true };
type ListOptions = SendsOptions & { state?: SendState; all?: true; limit: number };

const states = ["claimed", "sent", "not_sent", "unknown"] as const;
const openStates: readonly SendState[] = ["claimed", "unknown"];

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
    .action((options: ListOptions) => withLedger(io, options, (ledger) => list(io, ledger, options)));

  sends
    .command("show")
    .summary("show one send")
    .description("Shows one send, by the id that list gives.")
    .argument("<id>", "its id, such as send_01JGDQ7W3N")
    .addOption(createLedgerOption("the ledger: a SQLite file or a Redis (redis://…); else ONSYNC_LEDGER"))
    .option("--json", "print JSON")
    .action((id: string, options: SendsOptions) =>
      withLedger(io, options, async (ledger) => show(io, await requireEntry(ledger, id), options)),
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
      withLedger(io, options, (ledger) => settle(io, ledger, id, options)),
    );
}

/** @throws UsageError where no ledger is named, or a file that is not there: nothing is noted in one that is made now */
async function withLedger(
  io: Io,
  options: SendsOptions,
  work: (ledger: SendLedger) => Promise<unknown>,
): Promise<void> {
  const named = findLedger(io.env, options);
  if (!named)
    throw new UsageError("No ledger is named.", {
      advice:
        "Give --ledger FILE or --ledger redis://…, or set ONSYNC_LEDGER: the place that `onsync call`, `mcp`, `start` or `listen` was given. Without one, sends are noted in the memory of the process that makes them.",
    });
  if (!isRedisUrl(named.place) && !existsSync(named.place))
    throw new UsageError(
      `${named.option}: there is no send ledger ${named.place}: name the one that \`onsync call\`, \`mcp\`, \`start\` or \`listen\` was given.`,
    );
  const { createLog } = await import("../output/log.ts");
  const ledger = await openNamedLedger(io.env, named, createLog(io.env, "silent"));
  try {
    await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** What of an entry is shown: not what the ledger needs for itself. */
function toPublicEntry({ claimId: _claimId, fingerprint: _fingerprint, leaseMs: _leaseMs, ...entry }: LedgerEntry) {
  return entry;
}

async function list(io: Io, ledger: SendLedger, { state, all, limit, json }: ListOptions): Promise<void> {
  const wanted = all ? states : state ? [state] : openStates;
  const entries = await ledger.list({ states: wanted, limit });
  if (json) return printJson(io.stdout, { data: entries.map(toPublicEntry) });
  if (entries.length === 0) return print(io.stdout, all || state ? "There are none.\n" : "No send is open.\n");
  const rows = entries.map((entry) => [
    entry.id,
    entry.state,
    `${entry.platform}:${entry.to}`,
    entry.claimedAt,
    entry.reference,
  ]);
  return print(io.stdout, formatTable([["ID", "STATE", "TO", "CLAIMED AT", "REFERENCE"], ...rows]));
}

/** @throws CommandFailed, UsageError */
async function requireEntry(ledger: SendLedger, id: string): Promise<LedgerEntry> {
  const entry = await ledger.get(id);
  if (entry) return entry;
  throw new UsageError(`The ledger has no send ${id}: \`onsync sends list --all\` lists them.`);
}

function show(io: Io, entry: LedgerEntry, { json }: SendsOptions): Promise<void> {
  if (json) return printJson(io.stdout, toPublicEntry(entry));
  const facts = Object.entries(toPublicEntry(entry)).filter(([, value]) => value !== null);
  return print(io.stdout, formatTable(facts.map(([name, value]) => [name, String(value)])));
}

const stateSentences: Record<SendState, string> = {
  sent: "It was sent.",
  not_sent: "It was not sent: the history since then does not have it. Its reference may be used again.",
  unknown:
    "It is still open: the history does not prove whether it was sent. Look into the conversation, or settle it again later.",
  claimed: "It is being sent now: settle it again when that is over.",
};

async function settle(io: Io, ledger: SendLedger, id: string, options: SendsOptions): Promise<void> {
  const entry = await requireEntry(ledger, id);
  const settled = entry.state === "unknown" ? await askHistory(io, ledger, entry) : entry;
  if (options.json) await printJson(io.stdout, toPublicEntry(settled));
  else {
    await print(io.stdout, `${stateSentences[settled.state]}\n`);
    await show(io, settled, options);
  }
  if (openStates.includes(settled.state)) throw new CommandFailed(1);
}

async function askHistory(io: Io, ledger: SendLedger, entry: LedgerEntry): Promise<LedgerEntry> {
  const [{ connect }, { createLog }] = await Promise.all([
    import("../settings/connection.ts"),
    import("../output/log.ts"),
  ]);
  const { onsync, close } = await connect(io.env, createLog(io.env, "silent"), { ledger });
  try {
    if (onsync.baseUrl !== entry.scope)
      throw new UsageError(
        `The send ${entry.id} was made at ${entry.scope}, and ONSYNC_BASE_URL is ${onsync.baseUrl}: set it to the former, with the key of that account.`,
      );
    return (await onsync.messages.settle(entry.reference)) ?? entry;
  } finally {
    await close();
  }
}
