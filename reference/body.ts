/** Request bodies: JSON, UTF-8, 1 MiB at most, checked while they are read. */
import { maxBodyBytes } from "../src/api/index.ts";
import { invalidField, Refusal } from "./answers.ts";

/** Deeper than anybody nests data, and shallow enough for every JSON writer. */
const maxDepth = 64;

const tooLarge = (): Refusal =>
  new Refusal("payload_too_large", "The body is larger than 1 MiB (1048576 bytes). Send less in one request.");

/** @throws Refusal 413; an error where the body breaks off */
export const readBytes = async (request: Request): Promise<Uint8Array<ArrayBuffer>> => {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > maxBodyBytes) throw tooLarge();
  if (declared !== null) {
    // HTTP holds the body to its declared length; in process nobody does.
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.length > maxBodyBytes) throw tooLarge();
    return bytes;
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array<ArrayBuffer>) : Buffer.concat(chunks);
};

const depth = (value: unknown): number => {
  let level = 0;
  let layer: unknown[] = [value];
  while (layer.length > 0 && level <= maxDepth) {
    layer = layer.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
    level += 1;
  }
  return level;
};

/** Half an emoji (an unpaired surrogate) is no Unicode text: what is stored and what is answered must be the same. */
const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.toWellFormed() : value;

const parse = (text: string): unknown => {
  try {
    return /\\u[dD][89a-fA-F]/.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch (error) {
    throw invalidField([], `The body is not valid JSON: ${(error as Error).message}.`);
  }
};

/**
 * The request's JSON.
 * @throws Refusal 415, 413 or 400, in this order
 */
export const readJson = async (request: Request): Promise<unknown> => {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type.trim())) {
    throw new Refusal(
      "unsupported_media_type",
      `The body must be JSON with the header \`Content-Type: application/json\`${type === "" ? "" : `, not ${type.slice(0, 100)}`}.`,
    );
  }
  const bytes = await readBytes(request).catch((error: unknown) => {
    throw error instanceof Refusal ? error : invalidField([], "The body ended before it was complete.");
  });
  if (bytes.length === 0) throw invalidField([], "The body is empty. Send a JSON object.");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidField([], "The body is not valid UTF-8.");
  }
  const value = parse(text);
  if (depth(value) > maxDepth) throw invalidField([], `The body is nested more than ${maxDepth} levels deep.`);
  return value;
};
