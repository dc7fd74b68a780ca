/**
 * Events printed, one line of JSON each: for a person who looks, or the next program of a pipe. An event is handed on
 * when the operating system has its whole line, not when it is in a buffer of this process, which dies with it.
 */
import { fstatSync, write as writeFile } from "node:fs";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import { escapeForTerminal } from "../../src/printable.ts";
import { type Sink, SinkUnavailableError, withAbort } from "../../src/webhooks/sinks/sink.ts";
import type { Output } from "../output/io.ts";

/**
 * The body in one line. In JSON a line break can only stand between values, and what could end a line for some reader or steer
 * a terminal only within texts, where it is written as an escape.
 */
function toLine(body: string): string {
  const line = body.replace(/^\ufeff/, "").replace(/[\r\n]+/g, " ");
  return `${escapeForTerminal(line).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

/** Whether the stream writes a file or a device other than a terminal: it then overlooks that a full disk took a part. */
function isFile(stream: Writable & { fd?: unknown; isTTY?: boolean }): stream is Writable & { fd: number } {
  if (typeof stream.fd !== "number" || stream.isTTY) return false;
  const stats = fstatSync(stream.fd);
  return stats.isFile() || stats.isCharacterDevice();
}

const writePart = promisify(writeFile);

async function writeToFile(fd: number, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.byteLength; ) {
    written += (await writePart(fd, bytes, written, bytes.byteLength - written, null)).bytesWritten;
  }
}

function createWriter(stdout: Output): (line: string) => Promise<void> {
  if (!(stdout instanceof Writable)) return async (line) => void stdout.write(line);
  const stream: Writable = stdout;
  if (isFile(stream)) return (line) => writeToFile(stream.fd, Buffer.from(line));
  return (line) =>
    new Promise((resolve, reject) => {
      stream.write(line, (error) => (error ? reject(error) : resolve()));
    });
}

/** @param gone told, once, that whoever read stdout has closed it: no event can be handed on any more */
export function stdoutSink(stdout: Output, gone: () => void = () => {}): Sink {
  const write = createWriter(stdout);
  /** The one line that is being written. */
  let writing: { sequence: number; line: Promise<void> } | undefined;
  /** A part of a line may be there: the next line must not become the rest of it. */
  let torn = false;
  let closed = false;

  const failed = (error: NodeJS.ErrnoException): never => {
    torn = true;
    if (error.code === "EPIPE" && !closed) {
      closed = true;
      gone();
    }
    throw new SinkUnavailableError(`stdout did not take it: ${error.message}`, { cause: error });
  };
  const start = (sequence: number, body: string): Promise<void> => {
    const line = write(torn ? `\n${toLine(body)}` : toLine(body)).then(() => {
      torn = false;
    }, failed);
    writing = { sequence, line };
    return line.finally(() => {
      writing = undefined;
    });
  };

  // What the stream tells everybody, the one who writes is told as well.
  const ignore = () => {};
  if (stdout instanceof Writable) stdout.on("error", ignore);
  return {
    name: "stdout",
    async handOn({ sequence, body }, signal) {
      while (writing) {
        // A reader that was slow: what is on its way to it is not written a second time. Ids of two orgs may be the same.
        if (writing.sequence === sequence) return withAbort(signal, writing.line);
        await withAbort(
          signal,
          writing.line.catch(() => {}),
        );
      }
      if (closed) throw new SinkUnavailableError("nobody reads stdout any more");
      await withAbort(signal, start(sequence, body));
    },
    async close() {
      if (stdout instanceof Writable) stdout.off("error", ignore);
    },
  };
}
