/** Deliveries as web requests: `fetch` handlers of Hono, Deno, Bun, workers. */
import type { Answer, Delivery } from "./delivery.ts";

export async function answerWebRequest(
  request: Request,
  receive: (delivery: Delivery) => Promise<Answer>,
): Promise<Response> {
  const { method, headers, body } = request;
  const answer = await receive({ method, header: (name) => headers.get(name), body });
  return new Response(answer.text, { status: answer.status, headers: answer.headers });
}
