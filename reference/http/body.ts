/** Request bodies: JSON, UTF-8, 1 MiB at most, checked while they are read. */
import { maxBodyBytes } from "../../src/api/index.ts";
import { invalidField, invalidRequest, Refusal } from "./answers.ts";
import { findLosses } from "./json-text.ts";

function tooLarge(): Refusal {
  return new Refusal("payload_too_large", "The body is larger than 1 MiB (1048576 bytes). Send less in one request.");
}

/** @throws Refusal 413; an error where the body breaks off */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
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
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidField([], `The body is not valid JSON: ${(error as Error).message}.`);
  }
}

/**
 * The request's JSON.
 * @throws Refusal 415, 413 or 400, in this order
 */
export async function readJson(request: Request): Promise<unknown> {
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
  const value = parseJson(text);
  const losses = findLosses(text);
  if (losses.length > 0) throw invalidRequest(losses);
  return value;
}
