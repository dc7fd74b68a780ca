/** One operation, from its name and its input to its result on stdout. */
import type { Operation } from "../../src/operations/index.ts";
import { listenForStop } from "../lifecycle.ts";
import { type CompletedWork, OutputError, UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import { findColumns, printWrapped } from "../output/wrap.ts";
import type { Connection } from "../settings/connection.ts";
import { requireApiKey } from "../settings/environment.ts";
import { type LedgerChoice, openLedgerIfNamed } from "../settings/ledger.ts";
import { checkArgument, decodeInput, parseInput } from "./json-input.ts";

export type CallOptions = LedgerChoice & { list?: true; schema?: true; json?: true; help?: true };

/** @param json the input, or `-` for that of stdin */
export async function callOperation(
  io: Io,
  name: string | undefined,
  json: string | undefined,
  options: CallOptions,
): Promise<void> {
  const { allOperations, findOperation } = await import("../../src/operations/index.ts");
  const { toInputSchema, findNearestName, formatOperationHelp, listOperations, formatOperationTable } = await import(
    "./operation-help.ts"
  );
  if (options.list) {
    if (options.json) return printJson(io.stdout, listOperations(allOperations));
    return printWrapped(io.stdout, formatOperationTable(allOperations));
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
  if (options.help) return print(io.stdout, formatOperationHelp(operation, findColumns(io.stdout)));
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
    id,
    requestId,
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
