/** `onsync call OPERATION [JSON | -]`: one operation, from the shell. */
import type { Command } from "commander";
import type { Operation } from "../../src/operations/index.ts";
import { listenForStop } from "../lifecycle.ts";
import { toErrorReport } from "../output/error-report.ts";
import { CommandFailed, type CompletedWork, OutputError, UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import type { Connection } from "../settings/connection.ts";
import { requireApiKey } from "../settings/environment.ts";
import { createLedgerOption, type LedgerChoice, openLedgerIfNamed } from "../settings/ledger.ts";
import { checkArgument, decodeInput, parseInput } from "./json-input.ts";

type CallOptions = LedgerChoice & { list?: true; schema?: true; json?: true; help?: true };

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
    await withJsonErrors(io, () => call(io, name, json, options));
  });
}

async function call(io: Io, name: string | undefined, json: string | undefined, options: CallOptions) {
  const { allOperations, findOperation } = await import("../../src/operations/index.ts");
  const { toInputSchema, findNearestName, formatOperationHelp, listOperations, formatOperationTable } = await import(
    "./operation-help.ts"
  );
  if (options.list) {
    if (options.json) return printJson(io.stdout, listOperations(allOperations));
    return print(io.stdout, formatOperationTable(allOperations));
  }
  if (name === undefined) {
    throw new UsageError("No operation is named.", { advice: "`onsync call --list` lists them." });
  }
  const operation = findOperation(name);
  if (!operation) {
    const names = allOperations.map((each) => each.name);
    const nearest = findNearestName(name, names);
    throw new UsageError(`There is no operation ${name}${nearest === undefined ? "" : `: did you mean ${nearest}?`}`, {
      code: "unknown_operation",
      advice: `\`onsync call --list\` lists them: ${names.join(", ")}.`,
    });
  }
  if (options.help) return print(io.stdout, formatOperationHelp(operation));
  if (options.schema) return printJson(io.stdout, toInputSchema(operation));

  const input = parseInput(await readInput(io, json, operation), operation);
  const result = await runOnce(io, operation, input, options);
  await printJson(io.stdout, result).catch((error: OutputError) => {
    if (operation.effect === "reads") throw error;
    throw new OutputError(error.cause as NodeJS.ErrnoException, describeCompletedWork(operation, result));
  });
}

function describeCompletedWork({ name, effect }: Operation, result: unknown): CompletedWork {
  const { id, requestId } = result as { id?: string; requestId?: string };
  return {
    operation: name,
    outcome: effect === "sends" ? "sent" : "done",
    ...(id !== undefined && { id }),
    ...(requestId !== undefined && { requestId }),
  };
}

async function runOnce(io: Io, operation: Operation, input: unknown, choice: LedgerChoice): Promise<unknown> {
  const [{ connect }, { createLog }, { runOperation }] = await Promise.all([
    import("../settings/connection.ts"),
    import("../output/log.ts"),
    import("../../src/operations/index.ts"),
  ]);
  // stderr holds one JSON object, the error, unless the person asked for a log.
  const log = createLog(io.env, "silent");
  // Before a ledger is made for nothing.
  requireApiKey(io.env);
  const ledger = operation.effect === "sends" ? await openLedgerIfNamed(io.env, choice, log) : undefined;
  let connection: Connection | undefined;
  const stop = listenForStop();
  try {
    connection = await connect(io.env, log, { ledger });
    return await runOperation(operation, connection.onsync, input, { signal: stop.signal });
  } finally {
    stop.dispose();
    await connection?.close();
    await ledger?.close();
  }
}

async function readInput(io: Io, json: string | undefined, operation: Operation): Promise<string | undefined> {
  if (json === "-") return decodeInput(await readAll(io.stdin), operation);
  return json === undefined ? undefined : checkArgument(json, operation);
}

async function readAll(stdin: Io["stdin"]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stdin) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
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
