/** The text of a file, whatever its encoding. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { FileError } from "./row.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

export type FileStart = { bytes: Buffer; encoding: Encoding; hasMark: boolean };

const startBytes = 65_536;
/** Read at once: what comes of a small piece is used up before memory that lives long is taken for it. */
const pieceBytes = 4_096;

/** The beginning of a file, and the encoding that it shows. @throws FileError where it is empty or cannot be read */
export async function readStart(file: string): Promise<FileStart> {
  const bytes = await readFirstBytes(file);
  if (bytes.length === 0) throw new FileError("The file is empty.");
  return { bytes, ...findEncoding(bytes) };
}

async function readFirstBytes(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(startBytes), 0, startBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FileError(`${file} cannot be read (${code ?? message}): check its path and permissions.`, null, error);
  }
}

/** Text of which so many bytes in a hundred are zero, all of them first or all of them second in a pair, is UTF-16. */
const minZeroShare = 0.3;

function findEncoding(bytes: Buffer): { encoding: Encoding; hasMark: boolean } {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: "utf-8", hasMark: true };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: "utf-16le", hasMark: true };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: "utf-16be", hasMark: true };
  const looked = bytes.subarray(0, 1000);
  const zeros = [0, 0];
  for (const [index, byte] of looked.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [first = 0, second = 0] = zeros;
  if (second > (minZeroShare * looked.length) / 2 && first === 0) return { encoding: "utf-16le", hasMark: false };
  if (first > (minZeroShare * looked.length) / 2 && second === 0) return { encoding: "utf-16be", hasMark: false };
  return { encoding: "utf-8", hasMark: false };
}

const encodingNames: Record<Encoding, string> = { "utf-8": "UTF-8", "utf-16le": "UTF-16", "utf-16be": "UTF-16" };

export function nameEncoding(encoding: Encoding): string {
  return encodingNames[encoding];
}

export function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/**
 * The text in pieces, without a byte order mark.
 *
 * @throws FileError with the line where it is not of that encoding: what cannot be read must not reach a contact as question marks
 */
export async function* readText(file: string, encoding: Encoding): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  for await (const chunk of createReadStream(file, { highWaterMark: pieceBytes })) {
    const text = decodePiece(decoder, chunk, encoding, line);
    line += countLineEnds(text);
    yield text;
  }
  yield decodePiece(decoder, undefined, encoding, line);
}

function decodePiece(decoder: TextDecoder, chunk: Buffer | undefined, encoding: Encoding, line: number): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    const before = (chunk === undefined ? "" : new TextDecoder(encoding).decode(chunk)).split("\ufffd", 1)[0] ?? "";
    const advice =
      "save it as UTF-8 (in Excel: “CSV UTF-8”), or convert it (`iconv -f WINDOWS-1252 -t UTF-8` for an older Excel's)";
    throw new FileError(`this is not ${nameEncoding(encoding)}: ${advice}.`, line + countLineEnds(before), error);
  }
}
