/**
 * What a child process writes to stderr, added to the file that scripts/test.ts searches for secrets. (Its stdout is its
 * answer, which may show a key on purpose.)
 */
import { appendFileSync } from "node:fs";
import type { Readable } from "node:stream";

const transcript = process.env.ONSYNC_TEST_TRANSCRIPT;

export function transcribe(child: { stderr: Readable | null }): void {
  if (transcript !== undefined) child.stderr?.on("data", (chunk: Buffer | string) => appendFileSync(transcript, chunk));
}
