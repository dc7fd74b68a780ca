/** What a program counts, on its way to whoever reads it. */
import type { StoreStats } from "../../src/webhooks/store/store.ts";
import { type CountedName, getDefinition, type LabelsOf, type MetricName } from "./definitions.ts";
import { toReadings } from "./readings.ts";

export type Labels = Readonly<Record<string, string>>;

/** What the store tells, by the name of the metric; `null` where it cannot be read now. */
export type Readings = Partial<Record<MetricName, number>> | null;

/** Where metrics go: Prometheus, OpenTelemetry. */
export type Exporter = {
  /** Adds to a counter, sets a gauge, or gives a histogram one more value. */
  record(name: MetricName, value: number, labels: Labels): void;
  /** What this gives is read whenever somebody asks for metrics. */
  readOnDemand(read: () => Promise<Readings>): void;
};

export type Metrics = {
  /** Never throws: who counts does not get in the way of what is counted. */
  record<Name extends CountedName>(name: Name, value: number, labels: LabelsOf<Name>): void;
  /** Has the figures of the events read from this store, whenever somebody asks for them. */
  readStore(store: { stats(): Promise<StoreStats> }): void;
};

export type StoreReadOptions = {
  /** Told when the store cannot be read. */
  logProblem?: (error: unknown) => void;
  /** How long the store may take, in milliseconds. Default 2,000: Prometheus waits for ten seconds, and has other figures to get. */
  maxReadMs?: number;
};

const defaultMaxReadMs = 2000;

export function createMetrics(exporters: readonly Exporter[], options: StoreReadOptions = {}): Metrics {
  const boundLabels = createBounds();
  return {
    record(name, value, labels) {
      const bound = boundLabels(name, labels as Labels);
      for (const exporter of exporters) {
        try {
          exporter.record(name, value, bound);
        } catch {}
      }
    },
    readStore(store) {
      const read = createStoreReader(store, options);
      for (const exporter of exporters) exporter.readOnDemand(read);
    },
  };
}

/** @returns replaces what a label may not be by `other` */
function createBounds(): (name: MetricName, labels: Labels) => Labels {
  const seen = new Map<string, Set<string>>();
  const isAllowed = (name: MetricName, label: string, value: string): boolean => {
    const allowed = getDefinition(name).labels?.[label];
    if (allowed === undefined) return false;
    if (!("max" in allowed)) return allowed.includes(value);
    const values = seen.get(`${name} ${label}`) ?? new Set();
    seen.set(`${name} ${label}`, values);
    if (values.size < allowed.max) values.add(value);
    return values.has(value);
  };
  return (name, labels) =>
    Object.fromEntries(
      Object.entries(labels).map(([label, value]) => [label, isAllowed(name, label, value) ? value : "other"]),
    );
}

/** How long what was read is given again, in milliseconds: whoever asks often costs no more. */
const keepMs = 1000;

function createStoreReader(
  store: { stats(): Promise<StoreStats> },
  { logProblem = () => {}, maxReadMs = defaultMaxReadMs }: StoreReadOptions,
): () => Promise<Readings> {
  let last: { readings: Promise<Readings>; at: number } | undefined;
  const read = async (): Promise<Readings> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`it did not answer within ${maxReadMs / 1000} s`)), maxReadMs);
    try {
      return toReadings(await Promise.race([store.stats(), late.promise]));
    } catch (error) {
      logProblem(error);
      return null;
    } finally {
      clearTimeout(timer);
    }
  };
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at >= keepMs) last = { readings: read(), at: now };
    return last.readings;
  };
}
