/** What the one port answers by itself: in the API's format, since a client of the API may be who asks. */
import type { WholeAnswer } from "../../reference/http/answers.ts";
import { toUnreadableAnswer, type UnreadableRequest } from "../../reference/http/unreadable.ts";
import { createIds } from "../../reference/ids.ts";

const ids = createIds(Date.now);

export function createErrorAnswer(error: UnreadableRequest): WholeAnswer {
  return toUnreadableAnswer(error, ids("req"), Date.now());
}

export function createErrorResponse(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const answer = createErrorAnswer({ status, code, message });
  return new Response(answer.text, { status, headers: { ...answer.headers, ...headers } });
}
