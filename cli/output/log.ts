/** The commands' log: pino, one JSON object a line, on stderr. stdout is for what a command was asked for. */
import { destination, type Logger, pino } from "pino";
import { bounded } from "../../src/bounded.ts";
import { printable } from "../../src/printable.ts";
import { type LogLevel, logLevel } from "../settings/environment.ts";
import type { Environment } from "./io.ts";

export type Log = Logger;

/** In characters. Each value is cut before; this is for what an error's class, or its causes, add on the way to the line. */
const longestLine = 8000;

function lineOf(line: string): string {
  const whole = printable(line);
  if (whole.length <= longestLine) return whole;
  const { level, time, msg } = JSON.parse(line) as Record<string, unknown>;
  return `${printable(JSON.stringify({ level, time, cutFrom: whole.length, msg: bounded(msg) }))}\n`;
}

/**
 * Synchronous, so that the last line before an exit is not lost. What could command a terminal is escaped, and what somebody
 * else chose is cut: no line is longer than a few kilobytes.
 */
export function createLog(env: Environment, standard: LogLevel): Log {
  const stderr = destination({ dest: 2, sync: true });
  // A log that cannot be written must not end what it tells of.
  stderr.on("error", () => {});
  return pino(
    {
      level: logLevel(env, standard),
      base: null,
      hooks: {
        logMethod(given, write) {
          write.apply(this, given.map((each: unknown) => bounded(each)) as typeof given);
        },
      },
    },
    { write: (line) => stderr.write(lineOf(line)) },
  );
}

/** The log as the other rooms take it. */
export function logFunction(log: Log) {
  return (level: string, message: string, fields: object = {}): void => {
    const write = log[level as "info"] as Log["info"] | undefined;
    (write ?? log.info).call(log, fields, message);
  };
}
