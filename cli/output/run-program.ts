/** What a command line comes to: its messages, and its exit code. */
import { type Command, CommanderError } from "commander";
import { formatError } from "./error-report.ts";
import { CommandFailed, OutputError, UsageError } from "./errors.ts";
import { type Io, printIfPossible, printMarked } from "./io.ts";
import { findColumns, wrapText } from "./wrap.ts";

const defaultColumns = 80;

/** Has commander write to `io` and throw, instead of ending the process. */
export function redirectOutput(program: Command, io: Io): Command {
  return program
    .configureOutput({
      writeOut: (text) => void printIfPossible(io.stdout, wrapText(text, findColumns(io.stdout))),
      writeErr: (text) => void printIfPossible(io.stderr, wrapText(text, findColumns(io.stderr))),
      getOutHelpWidth: () => findColumns(io.stdout) ?? defaultColumns,
      getErrHelpWidth: () => findColumns(io.stderr) ?? defaultColumns,
    })
    .exitOverride();
}

/**
 * Runs one command line to its end.
 *
 * @param args without node and the script
 * @param check what is wrong before anything is parsed
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  io: Io,
  check: (program: Command) => void = () => {},
): Promise<number> {
  try {
    check(program);
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has said what is wrong; asking for help or the version ends here too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandFailed) return error.exitCode;
    // `onsync … | head` has had what it wanted.
    if (error instanceof OutputError && error.readerGone) return 0;
    const mark = "error:";
    const text = wrapText(`${mark} ${formatError(error)}\n`, findColumns(io.stderr)).slice(mark.length);
    await printMarked(io.stderr, io.env, { mark, colour: "red" }, text).catch(() => {});
    return error instanceof UsageError ? 2 : 1;
  }
}
