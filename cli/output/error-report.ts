/** What is said about an error: one sentence that names the cause, and one that names the way out. */
import { isOnSyncError } from "../../src/client/errors/guards.ts";
import { findFileReason } from "../../src/file-failure.ts";
import { correctAndRepeat, OutputError, UsageError } from "./errors.ts";

export type ErrorReport = {
  name: string;
  code: string;
  message: string;
  /** What to do about it. */
  advice: string;
  retryable: boolean;
  [more: string]: unknown;
};

function toCode(name: string): string {
  return name
    .replace(/Error$/, "")
    .replace("OnSync", "Onsync")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase();
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** A file, or the disk, that could not be worked with. */
function createFileReport({ path, message }: NodeJS.ErrnoException, reason: string): ErrorReport {
  return {
    name: "FileError",
    code: "file",
    message:
      path === undefined ? `A file cannot be used: ${reason} (${message}).` : `${path} cannot be used: ${reason}.`,
    advice: "Mend that, or name another file, and run it again.",
    retryable: false,
  };
}

/** Any error as a plain object, without stack and cause: what the client's errors know, they keep. */
export function toErrorReport(error: unknown): ErrorReport {
  if (error instanceof UsageError) {
    const { name, code, message, advice } = error;
    return { name, code, message, advice, retryable: false };
  }
  if (error instanceof OutputError) {
    const { name, code, message, advice, completed } = error;
    return { name, code, message, advice, retryable: !completed, ...completed };
  }
  if (isOnSyncError(error)) {
    const { name, message, advice, retryable, code, ...more } = error.toJSON() as ErrorReport;
    const known = Object.fromEntries(Object.entries(more).filter(([, value]) => isPresent(value)));
    return { name, code: code ?? toCode(name), message, advice, retryable, ...known };
  }
  if (error instanceof Error && error.name === "AbortError") {
    return {
      name: error.name,
      code: "interrupted",
      message: "Interrupted before the answer came.",
      advice: "Run it again.",
      retryable: true,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const reason = findFileReason(error);
  if (reason !== undefined) return createFileReport(error as NodeJS.ErrnoException, reason);
  return {
    name: "Error",
    code: "internal",
    message,
    advice: "This program did not foresee it: report it, with what you ran.",
    retryable: false,
  };
}

type SystemError = NodeJS.ErrnoException & { port?: number; address?: string };

/** `undefined`: it is about something else than an address to listen on. */
const systemMessages: Record<string, (error: SystemError) => string | undefined> = {
  EADDRINUSE: ({ port }) =>
    `Port ${port} is in use already: stop what listens there, or choose another with --port (0 takes a free one).`,
  EACCES: ({ port }) =>
    port === undefined ? undefined : `Port ${port} may not be listened on: choose one above 1023 with --port.`,
  EADDRNOTAVAIL: ({ address }) => `${address} is no address of this machine: choose another with --host.`,
  ENOTFOUND: ({ message }) =>
    `The name given with --host cannot be resolved (${message}): give an address of this machine, such as 127.0.0.1.`,
};

/** An error as text for a person. */
export function formatError(error: unknown): string {
  const system = error as NodeJS.ErrnoException;
  const told = typeof system?.code === "string" ? systemMessages[system.code]?.(system) : undefined;
  if (told !== undefined) return told;
  const { message: said, advice } = toErrorReport(error);
  // A server's message must not look like lines of ours.
  const message = isOnSyncError(error) ? said.replace(/\s+/g, " ") : said;
  return advice === correctAndRepeat ? message : `${message}\n${advice}`;
}
