/** What a command line comes to: its messages, and its exit code. */
import { type Command, CommanderError } from "commander";
import { formatError } from "./error-report.ts";
import { CommandFailed, OutputError, UsageError } from "./errors.ts";
import { type Io, printIfPossible } from "./io.ts";

/** Has commander write to `io` and throw, instead of ending the process. */
export function redirectOutput(program: Command, io: Io): Command {
  return program
    .configureOutput({
      writeOut: (text) => void printIfPossible(io.stdout, text),
      writeErr: (text) => void printIfPossible(io.stderr, text),
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
    await printIfPossible(io.stderr, `error: ${formatError(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
