/** A file that somebody has put on the console's Import page: bounded, for its owner alone, under a name of ours. */
import { open } from "node:fs/promises";
import { Refusal } from "../../../reference/index.ts";
import { removeHiddenCharacters } from "../../../src/visible-text.ts";

const mebibyte = 1024 * 1024;
export const maxFileBytes = 64 * mebibyte;
const maxNameLength = 100;

/**
 * @param path where nothing is yet
 * @returns how many bytes it has
 * @throws Refusal where it is too large
 */
export async function saveFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, "wx", 0o600);
  let size = 0;
  try {
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > maxFileBytes)
        throw new Refusal(
          "payload_too_large",
          `The file is larger than ${maxFileBytes / mebibyte} MiB: \`onsync import contacts FILE\` takes one of any size.`,
        );
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return size;
}

/** What the person calls it, without a path and without what would make another name of it on a screen or on a disk. */
export function cleanName(name: string): string {
  const last = removeHiddenCharacters(name).split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\s<>:"|?*\p{Cc}]+/gu, " ").replace(/^[^\p{L}\p{N}]+/u, "");
  let length = plain.length;
  while (length > 0 && " .".includes(plain[length - 1] as string)) length -= 1;
  // Its end says what it is.
  const ended = plain.slice(0, length);
  const cut = length > maxNameLength ? `${ended.slice(0, maxNameLength - 20)}…${ended.slice(-19)}` : ended;
  return cut || "contacts";
}

/** What the file of refused rows is called: as the command calls it, beside the file that was imported. */
export function nameRefusedFile(name: string, format: "csv" | "ndjson" | "parquet"): string {
  const stem = name.replace(/\.(?:csv|tsv|txt|ndjson|jsonl|json|parquet)$/i, "").replace(/\.refused(?:-\d+)?$/, "");
  return `${stem}.refused.${format === "csv" ? "csv" : "ndjson"}`;
}
