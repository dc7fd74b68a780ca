/** The advice where the message says already what to write instead. */
export const correctIt = "Correct this and run the command again.";

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

  constructor(message: string, { code = "wrong_usage", advice = correctIt }: { code?: string; advice?: string } = {}) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** Thrown by a command that has already told what failed, in its own way. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  /** 1: it failed; 2: it was called wrongly. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
