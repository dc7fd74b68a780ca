/** Answers that break on the way, after the work was done: over a socket for real, in process as `fetch` shows them. */

import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { WholeAnswer } from "../http/answers.ts";
import type { HttpBindings } from "../http/bindings.ts";
import { isBodyless } from "../http/envelope.ts";
import type { FaultKind } from "./faults.ts";

function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function connectionError(message: string, code: string): TypeError {
  return new TypeError(message, {
    cause: Object.assign(new Error(code === "ECONNRESET" ? "read ECONNRESET" : "other side closed"), { code }),
  });
}

/** A body that gives its first half and then fails. */
function createFailingBody(text: string, code: string): ReadableStream<Uint8Array> {
  let given = false;
  return new ReadableStream({
    pull: (controller) => {
      if (given) controller.error(connectionError("terminated", code));
      else controller.enqueue(new TextEncoder().encode(firstHalf(text)));
      given = true;
    },
  });
}

function breakInProcess(kind: Exclude<FaultKind, "malformed">, { status, headers, text }: WholeAnswer): Response {
  if (kind === "drop_response") throw connectionError("fetch failed", "ECONNRESET");
  if (isBodyless(status)) return new Response(null, { status, headers });
  return new Response(createFailingBody(text, kind === "reset" ? "ECONNRESET" : "UND_ERR_SOCKET"), { status, headers });
}

async function breakOverSocket(
  kind: Exclude<FaultKind, "malformed">,
  { status, headers, text }: WholeAnswer,
  outgoing: HttpBindings["outgoing"],
): Promise<Response> {
  const { socket } = outgoing;
  if (kind !== "drop_response") {
    outgoing.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text) });
    await new Promise<void>((resolve) => outgoing.write(firstHalf(text), () => resolve()));
  }
  if (kind === "reset") socket?.resetAndDestroy();
  else socket?.destroy();
  return RESPONSE_ALREADY_SENT;
}

/**
 * @param outgoing the response of the connection, where there is one
 * @throws TypeError "fetch failed" in process for `drop_response`, with the cause ECONNRESET
 */
export async function breakAnswer(
  kind: FaultKind,
  whole: WholeAnswer,
  outgoing: HttpBindings["outgoing"] | undefined,
): Promise<Response> {
  // The first half of a JSON object is never JSON.
  if (kind === "malformed") {
    const text = isBodyless(whole.status) ? null : firstHalf(whole.text);
    return new Response(text, { status: whole.status, headers: whole.headers });
  }
  return outgoing ? breakOverSocket(kind, whole, outgoing) : breakInProcess(kind, whole);
}
