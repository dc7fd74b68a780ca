/** How a server says that it is ready: text for a person, one JSON line with `--json`. */
import { OutputError } from "./errors.ts";
import { type Io, print, printIfPossible } from "./io.ts";

/**
 * An output that cannot be written is told on stderr: the process ends the server (`processIo`).
 *
 * @param facts `url`, and what else a program wants: part of the JSON line
 */
export async function announceReady(
  { stdout, stderr }: Io,
  { json }: { json?: true },
  facts: { url: string; [more: string]: unknown },
  text: string,
): Promise<void> {
  try {
    await print(stdout, json ? `${JSON.stringify({ ready: true, ...facts })}\n` : text);
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    if (!error.readerGone) await printIfPossible(stderr, `error: ${error.message}\n`);
  }
}
