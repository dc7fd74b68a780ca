/** How a server says that it is ready: text for a person, one JSON line with `--json`. */
import type { Io } from "./io.ts";

/** @param facts `url`, and what else a program wants: part of the JSON line */
export const announce = (
  { stdout }: Io,
  { json }: { json?: true },
  facts: { url: string; [more: string]: unknown },
  text: string,
): void => {
  stdout.write(json ? `${JSON.stringify({ ready: true, ...facts })}\n` : text);
};
