/** The commands' log: pino, one JSON object a line, on stderr. stdout is for what a command was asked for. */
import { destination, type Logger, pino } from "pino";
import { type LogLevel, logLevel } from "./environment.ts";
import type { Environment } from "./io.ts";

export type Log = Logger;

/** Synchronous, so that the last line before an exit is not lost. */
export const createLog = (env: Environment, standard: LogLevel): Log =>
  pino({ level: logLevel(env, standard), base: null }, destination({ dest: 2, sync: true }));

/** The log as the other rooms take it. */
export const logFunction =
  (log: Log) =>
  (level: string, message: string, fields: object = {}): void => {
    const write = log[level as "info"] as Log["info"] | undefined;
    (write ?? log.info).call(log, fields, message);
  };
