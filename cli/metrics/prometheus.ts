/** Metrics as Prometheus reads them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Definition, getDefinition, type MetricName } from "./definitions.ts";
import type { Exporter, Readings } from "./metrics.ts";

export type Prometheus = Exporter & {
  readonly contentType: string;
  /** The page that Prometheus reads. */
  render(): Promise<string>;
};

type Instrument = Counter | Gauge | Histogram;

/**
 * @param names those that it has
 * @param withProcess also what prom-client knows of the process and of Node: CPU, memory, the event loop, file descriptors
 */
export function createPrometheus(
  names: readonly MetricName[],
  { withProcess = false }: { withProcess?: boolean } = {},
): Prometheus {
  const registry = new Registry();
  const instruments = new Map<MetricName, Instrument>(names.map((name) => [name, createInstrument(registry, name)]));
  if (withProcess) collectDefaultMetrics({ register: registry });
  let read = async (): Promise<Readings> => null;
  return {
    contentType: registry.contentType,
    record(name, value, labels) {
      const instrument = instruments.get(name);
      if (instrument instanceof Counter) instrument.inc(labels, value);
      else if (instrument instanceof Gauge) instrument.set(labels, value);
      else instrument?.observe(labels, value);
    },
    readOnDemand(reader) {
      read = reader;
    },
    async render() {
      const readings = await read();
      for (const [name, instrument] of instruments)
        if (getDefinition(name).from !== undefined) setReading(instrument, readings?.[name]);
      return registry.metrics();
    },
  };
}

function createInstrument(registry: Registry, name: MetricName): Instrument {
  const { type, help, labels = {}, buckets = [], from }: Definition = getDefinition(name);
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (type === "histogram") return new Histogram({ ...options, buckets: [...buckets] });
  if (type === "gauge") return new Gauge(options);
  const counter = new Counter(options);
  // From the start at 0: a rate is told of the first of them, too.
  const [[label, values] = [], ...others] = Object.entries(labels);
  if (from === undefined && label !== undefined && others.length === 0 && Array.isArray(values))
    for (const value of values) counter.inc({ [label]: value }, 0);
  return counter;
}

/** What cannot be read is left out: a figure of before would look like one of now. */
function setReading(instrument: Instrument, value: number | undefined): void {
  if (instrument instanceof Histogram) return;
  if (value === undefined) instrument.remove();
  else if (instrument instanceof Gauge) instrument.set(value);
  else {
    instrument.reset();
    instrument.inc(value);
  }
}
