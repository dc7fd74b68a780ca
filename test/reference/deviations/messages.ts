/** What the tests of the deviations send and read, and how the API is told to behave. */
import type { Body, still } from "../caller.ts";

export const documented = {
  historyLagMs: 0,
  conversationIds: "documented",
  notFound: "own",
  lateWorkMs: 0,
  historyMetadata: true,
  maxPage: 100,
  refuseLimitOver: 100,
  times: "utc",
};

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hello" };

export const historyPath = "/v1/conversations/whatsapp%3A%2B971500000000/messages";

type Api = ReturnType<typeof still>;

export function send(api: Api, more: object = {}) {
  return api.call("POST", "/v1/messaging/send", { ...text, ...more });
}

export function behave(api: Api, behaviour: object) {
  return api.call("PUT", "/_control/behaviour", behaviour, { key: null });
}

export function contents(answer: { body: Body }) {
  return answer.body.data.map((message: Body) => message.content);
}
