/** Answers as they go out: JSON with the envelope that every body carries, in the forms that the behaviour asks for. */

import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { toIso } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatTimes, isFrameworkNotFound } from "../deviations/behaviour.ts";
import type { Answer, WholeAnswer } from "./answers.ts";
import type { HttpBindings } from "./bindings.ts";

export function addEnvelope(
  { clock }: ReferenceContext,
  requestId: string,
  { status, body, headers }: Answer,
): WholeAnswer {
  return {
    status,
    headers: { "Content-Type": "application/json", "X-Request-Id": requestId, "Cache-Control": "no-store", ...headers },
    text: JSON.stringify({ ...body, requestId, timestamp: toIso(clock.now()) }),
  };
}

/** As {@link addEnvelope}, for an answer of the API. */
export function addApiEnvelope(context: ReferenceContext, requestId: string, answer: Answer): WholeAnswer {
  const { current: behaviour } = context.behaviour;
  if (isFrameworkNotFound(answer, behaviour)) {
    const { message } = answer.body.error as { message: string };
    return {
      status: 404,
      headers: { "Content-Type": "application/json; charset=utf-8" },
      text: JSON.stringify({ statusCode: 404, error: "Not Found", message }),
    };
  }
  const whole = addEnvelope(context, requestId, answer);
  return behaviour.times === "utc"
    ? whole
    : { ...whole, text: JSON.stringify(formatTimes(JSON.parse(whole.text), behaviour)) };
}

/** Answers that HTTP allows no body. */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

export function toResponse(request: Request, { status, headers, text }: WholeAnswer): Response {
  return new Response(request.method === "HEAD" || isBodyless(status) ? null : text, { status, headers });
}

/** As {@link toResponse}, straight to the connection: a Response makes a stream of every text, which is read back there. */
export function writeAnswer(
  request: Request,
  { status, headers, text }: WholeAnswer,
  outgoing: HttpBindings["outgoing"],
): Response {
  if (request.method === "HEAD" || isBodyless(status)) outgoing.writeHead(status, headers).end();
  else outgoing.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text) }).end(text);
  return RESPONSE_ALREADY_SENT;
}
