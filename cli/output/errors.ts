/** The advice where the message says already what to write instead. */
export const correctAndRepeat = "Correct this and run the command again.";

/**
 * What the person at the keyboard can mend: a wrong option, argument or environment variable. The command ends with
 * exit code 2 and the message, which names what is wrong and what to write instead.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** For programs: `call` prints it as `error.code`. */
  readonly code: string;
  /** What to write instead. */
  readonly advice: string;

  constructor(
    message: string,
    { code = "wrong_usage", advice = correctAndRepeat }: { code?: string; advice?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** Thrown by a command that has already told what failed, in its own way. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  /** 1: it failed; 2: it was called wrongly; 3: it was done, but for what was refused. */
  readonly exitCode: 1 | 2 | 3;

  constructor(exitCode: 1 | 2 | 3) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** What a command did before its output failed. Whoever sees the failure must not do it again. */
export type CompletedWork = { operation: string; outcome: "sent" | "done"; id?: string; requestId?: string };

/** Standard output could not be written. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  readonly code = "output_failed";
  /** Whether the pipe's reader has gone, as with `onsync … | head`: it has had what it wanted. */
  readonly readerGone: boolean;
  readonly completed: CompletedWork | undefined;
  readonly advice: string;

  constructor(cause: NodeJS.ErrnoException, done?: CompletedWork) {
    const why = `could not be written to standard output (${cause.code ?? cause.message})`;
    const what = done?.outcome === "sent" ? `The message ${done.id} was sent` : `${done?.operation} did its work`;
    super(done ? `${what}, but its result ${why}.` : `The result ${why}.`, { cause });
    this.readerGone = cause.code === "EPIPE";
    this.completed = done;
    this.advice = done
      ? "Do not run it again: it is done. Mend where the output goes before the next."
      : "Mend where the output goes, and run it again.";
  }
}
