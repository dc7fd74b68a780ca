/** A reference whose events are seen by an endpoint that takes them all. */
import type { ReferenceOptions } from "../../../reference/index.ts";
import { eventTypes } from "../../../src/api/index.ts";
import { type Body, still } from "../caller.ts";

export const sara = "+971500000000";

export async function automated(options: ReferenceOptions = {}) {
  const events: Body[] = [];
  const api = still({
    control: true,
    deliver: async ({ body }) => {
      events.push(JSON.parse(body));
      return { status: 200 };
    },
    ...options,
  });
  await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: [...eventTypes] });
  return {
    ...api,
    control: api.reference.control,
    /** What has been delivered since it was last asked for, in its order. */
    takeEvents: async (): Promise<Body[]> => {
      await api.reference.settled();
      return events.splice(0);
    },
    send: (content: string, to = sara, platform = "whatsapp") =>
      api.call("POST", "/v1/messaging/send", { platform, to, messageType: "text", content }),
    history: async (id = `whatsapp:${sara}`): Promise<Body[]> =>
      (await api.call("GET", `/v1/conversations/${encodeURIComponent(id)}/messages`)).body.data,
  };
}

export function typesOf(events: readonly Body[]): string[] {
  return events.map(({ type }) => type);
}
