/** An entry of the event catalogue as an instant trigger. */
import { randomBytes } from "node:crypto";
import type { PlainOutputField, Trigger } from "zapier-platform-core";
import { type Event, type EventPayload, type EventType, events, sampleEvent } from "../src/api/index.ts";
import { isApiError, isErrorNamed } from "../src/client/index.ts";
import { receive, type Subscription } from "./delivery.ts";
import { type EventWords, eventWords } from "./events.ts";
import { perform } from "./perform.ts";
import { dateTime } from "./records/record.ts";

/** `message.created` → `message_created`: Zaps hold on to the keys. */
export function triggerKey(type: EventType): string {
  return type.replace(".", "_");
}

export function hookTrigger<Type extends EventType>(type: Type): Trigger {
  const words = eventWords[type] as EventWords<EventPayload<Type>>;
  const { title, description } = events[type];

  const eventFields: PlainOutputField[] = [
    ...(words.more ?? []).map(({ value: _value, inSample: _inSample, ...field }) => field),
    { key: "eventId", label: "Event ID" },
    { key: "eventCreatedAt", ...dateTime("Happened At") },
  ];
  /** Live events, recent objects (which have no event) and the sample go through here: they have the same keys. */
  const result = (data: EventPayload<Type>, event?: Event<Type>): Record<string, unknown> => ({
    ...words.record.of(data),
    ...Object.fromEntries((words.more ?? []).map(({ key, value }) => [key, value({ ...event, data })])),
    eventId: event?.id ?? null,
    eventCreatedAt: event?.createdAt ?? null,
  });
  const sampled = sampleEvent(type);
  const sample = {
    ...result(sampled.data as EventPayload<Type>, sampled),
    ...words.record.sampleOf(sampled.data as EventPayload<Type>),
  };

  return {
    key: triggerKey(type),
    noun: words.noun,
    display: { label: title, description },
    operation: {
      type: "hook",
      inputFields: words.inputFields,
      outputFields: [...words.record.outputFields, ...eventFields],
      sample,

      performSubscribe: perform(async ({ onsync, bundle, signal }) => {
        const secret = randomBytes(32).toString("hex");
        const { id } = await onsync.webhooks.create(
          { url: bundle.targetUrl ?? "", events: [type], secret },
          { signal },
        );
        return { id, secret } satisfies Subscription;
      }),

      performUnsubscribe: perform(async ({ onsync, bundle, signal }) => {
        const { id }: Subscription = bundle.subscribeData ?? {};
        if (typeof id !== "string" || id === "") return { deleted: true };
        try {
          await onsync.webhooks.delete(id, { signal });
        } catch (error) {
          // Somebody removed it in OnSync: that is what was wanted.
          const gone = isErrorNamed(error, "NotFoundError") || (isApiError(error) && error.status === 410);
          if (!gone) throw error;
        }
        return { id, deleted: true };
      }),

      perform: perform(async ({ z, bundle }) => {
        const event = await receive(type, z, bundle, (event) =>
          words.wanted(event as { data: EventPayload<Type> }, bundle.inputData),
        );
        return event === null ? [] : [result(event.data as EventPayload<Type>, event)];
      }),

      performList: perform(async ({ onsync, bundle, signal }) => {
        let recent: EventPayload<Type>[] = [];
        try {
          recent = (await words.recent({ onsync, signal })).filter((data) => words.wanted({ data }, bundle.inputData));
        } catch (error) {
          // A Zap can be set up with the sample where the list is missing or the key may not read it.
          if (!isErrorNamed(error, "ExtensionUnavailableError") && !isErrorNamed(error, "PermissionError")) throw error;
        }
        return recent.length > 0 ? recent.map((data) => result(data)) : [sample];
      }),
    },
  };
}
