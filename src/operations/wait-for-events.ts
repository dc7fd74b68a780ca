import * as z from "zod";
import { EventType } from "../api/events.ts";
import { OnSyncError } from "../client/errors/index.ts";
import { defineOperation } from "./operation.ts";

const maxWaitSeconds = 25;

export const waitForEvents = defineOperation({
  name: "wait_for_events",
  title: "Wait for Events",
  description:
    "Waits for webhook events after a cursor and returns them, oldest first. Give the cursor it returns next time and nothing is skipped. Without one it starts now.",
  input: z.strictObject({
    cursor: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ title: "Cursor", description: "cursor of the answer before." }),
    types: z.array(EventType).min(1).optional().meta({ title: "Events", description: "Only these types." }),
    limit: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(20)
      .meta({ title: "Limit", description: "Events an answer, 1 to 100." }),
    timeoutSeconds: z
      .number()
      .min(0)
      .max(maxWaitSeconds)
      .default(20)
      .meta({
        title: "Timeout",
        description: `Seconds to wait where nothing is there yet, 0 to ${maxWaitSeconds}.`,
      }),
  }),
  output: z.looseObject({
    data: z.array(z.looseObject({ id: z.string(), type: z.string(), createdAt: z.string(), data: z.looseObject({}) })),
    cursor: z.string(),
    more: z.boolean().meta({ description: "True when more events are there already." }),
    gap: z
      .boolean()
      .meta({ description: "True when events after the cursor are no longer kept: read the conversations instead." }),
  }),
  effect: "reads",
  scope: null,
  toolsets: ["events"],
  leftOut: { zapier: "the triggers" },
  run: (_onsync, { timeoutSeconds, ...from }, { events, signal }) => {
    if (!events) {
      throw new OnSyncError("No webhook receiver runs beside this server, so there are no events to wait for.", {
        advice: "Read the conversation with list_messages instead, or run `onsync start`, which receives events.",
      });
    }
    return events.wait({ ...from, timeoutMs: timeoutSeconds * 1000, ...(signal && { signal }) });
  },
});
