/** A transport on any fetch: the reference API in process, the platform's own, a test's. */
import { createTooLargeError, type Transport, type TransportResponse } from "./transport.ts";

/** Redirects are not followed. A body that breaks off comes as far as it got, with `incomplete`. */
export function fetchTransport(fetch: (request: Request) => Promise<Response>): Transport {
  return async ({ url, method, headers, body, signal, maxBytes }) => {
    const response = await fetch(
      new Request(url, { method, headers, signal, redirect: "manual", ...(body !== undefined && { body }) }),
    );
    // A browser does not tell the status of a redirect that it does not follow.
    const status = response.type === "opaqueredirect" ? 302 : response.status;
    const received = { status, headers: Object.fromEntries(response.headers) };
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
    const reader = response.body.getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      size += value?.byteLength ?? 0;
      if (size > maxBytes) {
        // The rest is not read.
        reader.cancel().catch(() => {});
        return { text: "", incomplete: createTooLargeError(maxBytes) };
      }
      text += decoder.decode(value, { stream: true });
    }
    return { text: text + decoder.decode() };
  } catch (error) {
    return { text, incomplete: error instanceof Error ? error : new Error(String(error)) };
  }
}
