/** What a command reads and writes: the process itself, or a test's own. */
import process from "node:process";
import { Writable } from "node:stream";
import { styleText } from "node:util";
import { escapeForTerminal } from "../../src/printable.ts";
import { OutputError } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Output = {
  write(text: string, done?: (error?: Error | null) => void): unknown;
  isTTY?: boolean;
  columns?: number | undefined;
};

export type Io = {
  env: Environment;
  stdin: AsyncIterable<string | Uint8Array> & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
};

/**
 * Everything that a command prints goes through here: what could command a terminal is escaped.
 *
 * @returns resolves when the text has left this process
 * @throws OutputError when it cannot be written: the disk is full, the pipe's reader has gone
 */
export function print(output: Output, text: string): Promise<void> {
  return write(output, escapeForTerminal(text));
}

/** Whether colours are wanted there (no-color.org, force-color.org): by default on a terminal that says what it is. */
export function hasColours({ isTTY = false }: Output, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return !["0", "false"].includes(env.FORCE_COLOR);
  return isTTY && env.TERM !== undefined && env.TERM !== "dumb";
}

/** Prints a text that begins with a mark or a word of ours, which is coloured where colours are wanted. */
export function printMarked(
  output: Output,
  env: Environment,
  { mark, colour }: { mark: string; colour: "green" | "yellow" | "red" },
  text: string,
): Promise<void> {
  const shown = hasColours(output, env) ? styleText(colour, mark, { validateStream: false }) : mark;
  return write(output, shown + escapeForTerminal(text));
}

/** What it is given has been escaped. */
function write(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: NodeJS.ErrnoException | null) => (error ? reject(new OutputError(error)) : resolve());
    try {
      output.write(text, done);
    } catch (error) {
      done(error as NodeJS.ErrnoException);
    }
    // A test's own output has taken the text when it returns.
    if (!(output instanceof Writable)) resolve();
  });
}

/** One value as JSON: laid out for a person at a terminal, one line for a program. */
export function printJson(output: Output, value: unknown): Promise<void> {
  return print(output, `${JSON.stringify(value, null, output.isTTY ? 2 : undefined)}\n`);
}

const clearLine = "\r\u001b[2K";

/** One line of the terminal that is written over by the next: of one that went on below, only its end would be. */
export function createTerminalLine({ stderr }: Io) {
  let isShown = false;
  const cut = (line: string) => {
    // Some terminals give 0 until they know.
    const columns = stderr.columns || Number.POSITIVE_INFINITY;
    return line.length < columns ? line : `${line.slice(0, columns - 2)}…`;
  };
  return {
    show(text: string): void {
      isShown = true;
      // The one place where the terminal is commanded: the text itself cannot.
      stderr.write(`${clearLine}${cut(escapeForTerminal(text))}`);
    },
    clear(): void {
      if (isShown) stderr.write(clearLine);
      isShown = false;
    },
  };
}

/** For help and errors: where not even they can be written, the exit code alone says how it went. */
export async function printIfPossible(output: Output, text: string): Promise<void> {
  await print(output, text).catch(() => {});
}

/**
 * The process's own. Whoever prints is told of an output that fails (`print`); a server whose output fails ends as at
 * SIGTERM, for what it is there to say reaches nobody.
 */
export function processIo(): Io {
  const { env, stdin, stdout, stderr } = process;
  let failed = false;
  stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    // A command that has to know what becomes of its output (`listen`) watches it itself.
    if (stdout.listenerCount("error") > 1) return;
    // `onsync … | head` has had what it wanted.
    if (code !== "EPIPE") process.exitCode ||= 1;
    if (!failed) process.emit("SIGTERM", "SIGTERM");
    failed = true;
  });
  stderr.on("error", () => {});
  return { env, stdin, stdout, stderr };
}
