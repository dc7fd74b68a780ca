/** A JSON document of the authorization server: its metadata, its keys. */
import type { Transport } from "../../../src/client/index.ts";

export type JsonDocument = { [name: string]: unknown };

/** How long one may take, in milliseconds, and how large it may be. */
const timeoutMs = 5000;
const maxBytes = 1024 * 1024;

/** The authorization server cannot be asked just now: who signed in cannot be told from who did not. */
export class IssuerUnavailableError extends Error {
  override readonly name = "IssuerUnavailableError";
}

/** @returns `undefined` where there is none at this address @throws IssuerUnavailableError */
export async function fetchDocument(transport: Transport, url: string): Promise<JsonDocument | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { accept: "application/json" };
  try {
    const { status, text, incomplete } = await transport({ url, method: "GET", headers, signal, maxBytes });
    if (status >= 400 && status < 500) return undefined;
    if (status !== 200 || incomplete) throw new Error(`it was answered ${status}`, { cause: incomplete });
    const document: unknown = JSON.parse(text);
    if (typeof document !== "object" || document === null) throw new Error("it is no JSON object");
    return document as JsonDocument;
  } catch (cause) {
    throw new IssuerUnavailableError(`${url} cannot be read`, { cause });
  }
}
