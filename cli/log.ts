/** The commands' log: pino, one JSON object a line, on stderr. stdout is for what a command was asked for. */
import { destination, type Logger, pino } from "pino";
import { printable } from "../src/printable.ts";
import { type LogLevel, logLevel } from "./environment.ts";
import type { Environment } from "./io.ts";

export type Log = Logger;

/** Synchronous, so that the last line before an exit is not lost. What could command a terminal is escaped. */
export const createLog = (env: Environment, standard: LogLevel): Log => {
  const stderr = destination({ dest: 2, sync: true });
  // A log that cannot be written must not end what it tells of.
  stderr.on("error", () => {});
  return pino({ level: logLevel(env, standard), base: null }, { write: (line) => stderr.write(printable(line)) });
};

/** The log as the other rooms take it. */
export const logFunction =
  (log: Log) =>
  (level: string, message: string, fields: object = {}): void => {
    const write = log[level as "info"] as Log["info"] | undefined;
    (write ?? log.info).call(log, fields, message);
  };
