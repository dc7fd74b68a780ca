/** `onsync events stats`: what the store tells in figures, the same as `/metrics` of the receiver does. */
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { type Io, print, printJson } from "../output/io.ts";

export async function printStats(io: Io, store: EventStore, { prometheus }: { prometheus?: true }): Promise<void> {
  const stats = await store.stats();
  if (!prometheus) return printJson(io.stdout, stats);
  const [{ getDefinition, listMetrics }, { createPrometheus }, { toReadings }] = await Promise.all([
    import("../metrics/definitions.ts"),
    import("../metrics/prometheus.ts"),
    import("../metrics/readings.ts"),
  ]);
  const page = createPrometheus(listMetrics("listen").filter((name) => getDefinition(name).from !== undefined));
  page.readOnDemand(async () => toReadings(stats));
  return print(io.stdout, await page.render());
}
