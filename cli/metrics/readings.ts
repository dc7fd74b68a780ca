/** What a store of events tells, as metrics. */
import type { StoreStats } from "../../src/webhooks/store/store.ts";
import { getDefinition, type MetricName, metrics } from "./definitions.ts";

/** In the units of the metrics: seconds. */
export function toReadings(stats: StoreStats): Partial<Record<MetricName, number>> {
  const entries = (Object.keys(metrics) as MetricName[]).flatMap((name): [MetricName, number][] => {
    const { from, unit } = getDefinition(name);
    if (from === undefined) return [];
    const value = stats[from] ?? 0;
    return [[name, unit === "s" ? value / 1000 : value]];
  });
  return Object.fromEntries(entries);
}
