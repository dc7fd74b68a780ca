/** `onsync call OPERATION [JSON | -]`: one operation, from the shell. */
import type { Command } from "commander";
import { toErrorReport } from "../output/error-report.ts";
import { CommandFailed, OutputError, UsageError } from "../output/errors.ts";
import { type Io, printJson } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { type CallOptions, callOperation } from "./call-operation.ts";

const help = `
Examples:
  onsync call --list
  onsync call send_message --help
  onsync call save_contact '{"firstName":"Sara","phone":"+971500000000"}'
  onsync call list_messages '{"conversationId":"whatsapp:+971500000000"}'
  echo '{"platform":"whatsapp","to":"+971500000000","content":"Hi"}' | onsync call send_message -

The result is JSON on stdout, on one line unless it goes to a terminal. An error is one JSON object on stderr,
{"error":{"name","code","message","advice","retryable",…}}, with exit code 1, or 2 where the call was written wrongly.
Where something was done and its result cannot be written, the error says so, with "outcome" and "id".
Input is UTF-8. A send is not repeated blindly: give metadata.clientReference to make it safe to run again, and --ledger
(or ONSYNC_LEDGER) where several processes may send it: \`onsync sends\` then shows what is open.`;

export function addCallCommand(program: Command, io: Io): void {
  const command = program
    .command("call")
    .summary("run one operation and print its result as JSON")
    .description("Runs one operation and prints its result as JSON.")
    .argument("[operation]", "its name, such as send_message; --list prints them all")
    .argument("[json]", "its input as a JSON object, or - to read it from stdin; none means {}")
    .option("--list", "list the operations with effect and scope")
    .option("--schema", "print the operation's input as JSON Schema")
    .option("--json", "with --list: print JSON")
    .addOption(createLedgerOption())
    // Help of its own: with an operation it is that operation's.
    .helpOption(false)
    .option("-h, --help", "print this help, or the operation's")
    .addHelpText("after", help);
  command.action(async (name: string | undefined, json: string | undefined, options: CallOptions) => {
    if (options.help && name === undefined) return command.outputHelp();
    await withJsonErrors(io, () => callOperation(io, name, json, options));
  });
}

async function withJsonErrors(io: Io, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // A read whose reader has gone (`onsync call … | head`) ends in silence, as every command does.
    if (error instanceof OutputError && error.readerGone && !error.completed) throw error;
    await printJson(io.stderr, { error: toErrorReport(error) }).catch(() => {});
    throw new CommandFailed(error instanceof UsageError ? 2 : 1);
  }
}
