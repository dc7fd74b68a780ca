/** An entry of the event catalogue as an instant trigger. */
import { randomBytes } from "node:crypto";
import type { PlainOutputField, Trigger } from "zapier-platform-core";
import type { Event, EventPayload, EventType } from "../../src/api/index.ts";
import { isApiError, isErrorNamed } from "../../src/client/index.ts";
import { eventTexts } from "../from-schemas/events.ts";
import { type PerformContext, perform } from "../perform.ts";
import { toDateTime, toOutputFields } from "../records/record.ts";
import { receiveEvent, type Subscription } from "./delivery.ts";
import { type TriggerSettings, triggerSettings } from "./settings.ts";

type Row = Record<string, unknown>;

/** `message.created` → `message_created`: Zaps hold on to the keys. */
export function toTriggerKey(type: EventType): string {
  return type.replace(".", "_");
}

export function toHookTrigger<Type extends EventType>(type: Type): Trigger {
  const { noun, record, inputFields, extraColumns = [] } = getSettings(type);
  const { title, description } = eventTexts[type];
  return {
    key: toTriggerKey(type),
    noun,
    display: { label: title, description },
    operation: {
      type: "hook",
      inputFields,
      outputFields: [...record.outputFields, ...toOutputFields(extraColumns), ...eventFields],
      sample: createSample(type),
      performSubscribe: perform((context) => subscribe(type, context)),
      performUnsubscribe: perform(unsubscribe),
      perform: perform((context) => receive(type, context)),
      performList: perform((context) => listRecent(type, context)),
    },
  };
}

function getSettings<Type extends EventType>(type: Type): TriggerSettings<EventPayload<Type>> {
  return triggerSettings[type] as TriggerSettings<EventPayload<Type>>;
}

const eventFields: PlainOutputField[] = [
  { key: "eventId", label: "Event ID" },
  { key: "eventCreatedAt", ...toDateTime("Happened At") },
];

/** Live events, recent objects (which have no event) and the sample go through here: they have the same keys. */
function toRow<Type extends EventType>(type: Type, data: EventPayload<Type>, event?: Event<Type>): Row {
  const { record, extraColumns = [] } = getSettings(type);
  return {
    ...record.from(data),
    ...Object.fromEntries(extraColumns.map(({ key, value }) => [key, value({ ...event, data })])),
    eventId: event?.id ?? null,
    eventCreatedAt: event?.createdAt ?? null,
  };
}

function createSample<Type extends EventType>(type: Type): Row {
  const event = eventTexts[type].sample;
  const data = event.data as EventPayload<Type>;
  const { record, extraColumns = [] } = getSettings(type);
  const samples = extraColumns.filter(({ sampleValue }) => sampleValue !== undefined);
  return {
    ...toRow(type, data, event),
    ...record.sampleFrom(data),
    ...Object.fromEntries(samples.map(({ key, sampleValue }) => [key, sampleValue])),
  };
}

async function subscribe(type: EventType, { onsync, bundle, signal }: PerformContext): Promise<Subscription> {
  const secret = randomBytes(32).toString("hex");
  const { id } = await onsync.webhooks.create({ url: bundle.targetUrl ?? "", events: [type], secret }, { signal });
  return { id, secret };
}

async function unsubscribe({ onsync, bundle, signal }: PerformContext): Promise<Row> {
  const { id }: Subscription = bundle.subscribeData ?? {};
  if (typeof id !== "string" || id === "") return { deleted: true };
  try {
    await onsync.webhooks.delete(id, { signal });
  } catch (error) {
    // Somebody removed it in OnSync: that is what was wanted.
    const isGone = isErrorNamed(error, "NotFoundError") || (isApiError(error) && error.status === 410);
    if (!isGone) throw error;
  }
  return { id, deleted: true };
}

/** A delivery as Zapier hands it over. No row: the Zap does not run. */
async function receive<Type extends EventType>(type: Type, context: PerformContext): Promise<Row[]> {
  const { complete, isWanted } = getSettings(type);
  const { z, bundle } = context;
  const event = await receiveEvent(type, z, bundle, async (verified) => {
    const each = verified as Event & { data: EventPayload<Type> };
    const completed = complete ? await complete(each, context) : each;
    return completed !== null && isWanted(completed, bundle.inputData) ? (completed as Event<Type>) : null;
  });
  return event === null ? [] : [toRow(type, event.data as EventPayload<Type>, event)];
}

/**
 * What a Zap is set up with: real objects that its filters let through, else the sample, if they let that through. Else
 * nothing: a record that the Zap will never run on would have it set up for what does not come.
 */
async function listRecent<Type extends EventType>(type: Type, context: PerformContext): Promise<Row[]> {
  const settings = getSettings(type);
  let recent: EventPayload<Type>[] = [];
  try {
    const all = await settings.listRecent(context);
    recent = all.filter((data) => settings.isWanted({ data }, context.bundle.inputData));
  } catch (error) {
    // A Zap can be set up with the sample where the list is missing or the key may not read it.
    if (!isErrorNamed(error, "ExtensionUnavailableError") && !isErrorNamed(error, "PermissionError")) throw error;
  }
  if (recent.length > 0) return recent.map((data) => toRow(type, data));
  const sample = { data: eventTexts[type].sample.data as EventPayload<Type> };
  return settings.isWanted(sample, context.bundle.inputData) ? [createSample(type)] : [];
}
