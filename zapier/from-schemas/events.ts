/** What the catalogue of events says of each to whoever builds a Zap. */
import { type Event, type EventType, events, eventTypes, sampleEvent } from "../../src/api/events.ts";

type EventTexts<Type extends EventType> = { title: string; description: string; sample: Event<Type> };

export const eventTexts = Object.fromEntries(
  eventTypes.map((type) => {
    const { title, description } = events[type];
    return [type, { title, description, sample: sampleEvent(type) }];
  }),
) as unknown as { [Type in EventType]: EventTexts<Type> };
