/**
 * An API that gives one record of another shape among good ones: every field of it in turn is missing, null, or of another
 * type, or the whole record is something else. The answer still shows the good ones.
 */
import { describe, expect, test } from "@jest/globals";
import type { McpOptions } from "../../../mcp/index.ts";
import { sampleEvent, samples } from "../../../src/api/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { connect, envelope, everyToolset, scripted } from "../session.ts";

const odd = [null, undefined, 7, "", "text", {}, [], [null], { id: null }, true];

/** Each way in which a record can be odd. */
function listOddRecords(good: object): unknown[] {
  return [
    ...odd.filter((value) => value !== undefined),
    ...Object.keys(good).flatMap((name) => odd.map((value) => ({ ...good, [name]: value }))),
  ];
}

type Page = { data: never[]; nextCursor: null; nextBefore: null } & typeof envelope;

function page(records: unknown[]): Page {
  return { data: records as never[], nextCursor: null, nextBefore: null, ...envelope };
}

const conversationId = "whatsapp:+971500000000";
const lists: Record<
  string,
  { good: { id?: string; name?: string }; args?: object; serve(records: unknown[]): object }
> = {
  find_contacts: {
    good: samples.contact,
    args: { query: "sara" },
    serve: (records) => ({ contacts: { list: async () => page(records) } }),
  },
  list_conversations: {
    good: samples.assignedConversation,
    serve: (records) => ({ conversations: { list: async () => page(records) } }),
  },
  list_messages: {
    good: samples.inboundMessage,
    args: { conversationId },
    serve: (records) => ({ messages: { list: async () => page(records) } }),
  },
  list_templates: {
    good: samples.template,
    serve: (records) => ({ templates: { list: async () => page(records) } }),
  },
  list_webhooks: {
    good: samples.webhook,
    serve: (records) => ({ webhooks: { list: async () => page(records) } }),
  },
};

describe.each(Object.entries(lists))("%s", (tool, { good, args = {}, serve }) => {
  test.each(["concise", "full"])("shows the good records beside each odd one, %s", async (detail) => {
    let records: unknown[] = [];
    const whole = serve(records) as Record<string, { list(): Promise<Page> }>;
    const [part = ""] = Object.keys(whole);
    const onsync = scripted({ [part]: { list: async () => page(records) } } as never);
    await using session = await connect({ onsync, safety: everyToolset } satisfies McpOptions);
    const takesDetail = session.tools.some(
      ({ name, inputSchema }) => name === tool && "detail" in (inputSchema.properties ?? {}),
    );
    const last = { ...good, ...(good.id === undefined ? { name: "good_one" } : { id: `${good.id}_last` }) };
    for (const record of listOddRecords(good)) {
      records = [good, record, last];
      const answer = await session.call(tool, { ...args, ...(takesDetail && { detail }) });
      const failed = answer.isError ? [record, answer.text] : [];
      expect(failed).toEqual([]);
      for (const { id, name } of [good, last]) expect(answer.text).toContain(String(id ?? name));
    }
  });
});

test("an event whose subject has another shape hides none of those after it", async () => {
  const events = createEventLog();
  await using session = await connect({ onsync: scripted({}), events });
  const { cursor } = (await session.call("wait_for_events", { timeoutSeconds: 0 })).data;
  const kinds = ["message.created", "conversation.assigned", "contact.updated"] as const;
  for (const type of kinds) {
    const event = sampleEvent(type);
    for (const [index, data] of listOddRecords(event.data).entries())
      events.append({ ...event, id: `evt_${type}_${index}`, data: data as never });
  }
  const all: unknown[] = [];
  for (let next = cursor, more = true; more; ) {
    const answer = await session.call("wait_for_events", { cursor: next, limit: 100, timeoutSeconds: 0 });
    expect([answer.isError, answer.isError && answer.text]).toEqual([false, false]);
    all.push(...answer.data.data);
    ({ cursor: next, more } = answer.data);
  }
  expect(all).toHaveLength(kinds.reduce((sum, type) => sum + listOddRecords(sampleEvent(type).data).length, 0));
});
