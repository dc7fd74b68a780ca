/** A transport on any fetch: the reference API in process, the platform's own, a test's. */
import { createTooLargeError, type Transport, type TransportResponse } from "./transport.ts";

/** Redirects are not followed. A body that breaks off comes as far as it got, with `incomplete`. */
export function fetchTransport(fetch: (request: Request) => Promise<Response>): Transport {
  return async ({ url, method, headers, body, signal, maxBytes }) => {
    const response = await fetch(
      new Request(url, { method, headers, signal, redirect: "manual", ...(body !== undefined && { body }) }),
    );
    const received = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { ...received, ...(await readBody(response, maxBytes)) };
  };
}

async function readBody(
  response: Response,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Pick<TransportResponse, "text" | "incomplete">> {
  if (!response.body) return { text: "" };
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.byteLength;
      // Leaving the loop cancels the body: the rest is not read.
      if (size > maxBytes) return { text: "", incomplete: createTooLargeError(maxBytes) };
      text += decoder.decode(chunk, { stream: true });
    }
    return { text: text + decoder.decode() };
  } catch (error) {
    return { text, incomplete: error instanceof Error ? error : new Error(String(error)) };
  }
}
