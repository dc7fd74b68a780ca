/** What the one port answers by itself: in the API's format, since a client of the API may be who asks. */
import type { WholeAnswer } from "../../reference/http/answers.ts";
import { type Unreadable, unreadableAnswer } from "../../reference/http/unreadable.ts";
import { createIds } from "../../reference/ids.ts";

const ids = createIds(Date.now);

export function answerWithEnvelope(refusal: Unreadable): WholeAnswer {
  return unreadableAnswer(refusal, ids("req"), Date.now());
}

export function refuse(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  const answer = answerWithEnvelope({ status, code, message });
  return new Response(answer.text, { status, headers: { ...answer.headers, ...headers } });
}
