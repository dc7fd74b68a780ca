/** A transport on any fetch: the reference API in process, the platform's own, a test's. */
import type { Transport, TransportResponse } from "./transport.ts";

/** Redirects are not followed. A body that breaks off comes as far as it got, with `incomplete`. */
export const fetchTransport =
  (fetch: (request: Request) => Promise<Response>): Transport =>
  async ({ url, method, headers, body, signal }) => {
    const response = await fetch(
      new Request(url, { method, headers, signal, redirect: "manual", ...(body !== undefined && { body }) }),
    );
    const answer = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { ...answer, ...(await readBody(response)) };
  };

const readBody = async (response: Response): Promise<Pick<TransportResponse, "text" | "incomplete">> => {
  if (!response.body) return { text: "" };
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body) text += decoder.decode(chunk, { stream: true });
    return { text: text + decoder.decode() };
  } catch (error) {
    return { text, incomplete: error instanceof Error ? error : new Error(String(error)) };
  }
};
