/** The commands' log: pino, one JSON object a line, on stderr. stdout is for what a command was asked for. */
import { destination, type Logger, pino } from "pino";
import { truncateLogValue } from "../../src/log-limits.ts";
import { escapeForTerminal } from "../../src/printable.ts";
import { type LogLevel, readLogLevel } from "../settings/environment.ts";
import type { Environment } from "./io.ts";

export type Log = Logger;

/** In characters. Each value is cut before; this is for what an error's class, or its causes, add on the way to the line. */
const maxLineLength = 8000;

function toLogLine(line: string): string {
  const whole = escapeForTerminal(line);
  if (whole.length <= maxLineLength) return whole;
  const { level, time, msg } = JSON.parse(line) as Record<string, unknown>;
  return `${escapeForTerminal(JSON.stringify({ level, time, cutFrom: whole.length, msg: truncateLogValue(msg) }))}\n`;
}

/** In characters: what waits longer than that is written at once. */
const maxWaiting = 65_536;

/**
 * The lines of one turn of the event loop go out together, for to write a line costs more than all else about it. What waits
 * when the process ends is written then.
 */
function collectLines(write: (lines: string) => void): (line: string) => void {
  let waiting = "";
  const flush = (): void => {
    const lines = waiting;
    waiting = "";
    if (lines !== "") write(lines);
  };
  process.on("exit", flush);
  return (line) => {
    if (waiting === "") setImmediate(flush);
    waiting += line;
    if (waiting.length > maxWaiting) flush();
  };
}

/**
 * Synchronous, so that the last line before an exit is not lost. What could command a terminal is escaped, and what somebody
 * else chose is cut: no line is longer than a few kilobytes.
 *
 * @param options.collected for a log of many lines: see {@link collectLines}
 */
export function createLog(env: Environment, defaultLevel: LogLevel, { collected = false } = {}): Log {
  const stderr = destination({ dest: 2, sync: true });
  // A log that cannot be written must not end what it tells of.
  stderr.on("error", () => {});
  const writeNow = (lines: string): void => void stderr.write(lines);
  const write = collected ? collectLines(writeNow) : writeNow;
  return pino(
    {
      level: readLogLevel(env, defaultLevel),
      base: null,
      hooks: {
        logMethod(given, write) {
          write.apply(this, given.map((each: unknown) => truncateLogValue(each)) as typeof given);
        },
      },
    },
    { write: (line) => write(toLogLine(line)) },
  );
}

/** The log as the other rooms take it. */
export function toLogFunction(log: Log) {
  return (level: string, message: string, fields: object = {}): void => {
    const write = log[level as "info"] as Log["info"] | undefined;
    (write ?? log.info).call(log, fields, message);
  };
}
