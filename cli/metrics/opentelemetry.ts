/** Metrics for an OpenTelemetry SDK that the process was started with. */
import type { Meter, Observable } from "@opentelemetry/api";
import { hasOpenTelemetry } from "../../src/opentelemetry.ts";
import { version } from "../version.ts";
import { type CommandName, getDefinition, listMetrics, type MetricName } from "./definitions.ts";
import type { Exporter, Labels } from "./metrics.ts";

/** @returns `undefined` where there is no SDK, or @opentelemetry/api is not installed */
export async function createOpenTelemetryExporter(command: CommandName): Promise<Exporter | undefined> {
  if (!hasOpenTelemetry()) return undefined;
  try {
    const { metrics } = await import("@opentelemetry/api");
    return createExporter(metrics.getMeter("onsync", version), command);
  } catch {
    return undefined;
  }
}

/** `onsync.deliveries_refused` of `onsync_deliveries_refused_total`: what makes Prometheus's name of it again knows unit and kind. */
export function toOpenTelemetryName(name: MetricName): string {
  return name.replace("_", ".").replace(/_total$|_seconds$/, "");
}

function createExporter(meter: Meter, command: CommandName): Exporter {
  const recorders = new Map<MetricName, (value: number, labels: Labels) => void>();
  const observables = new Map<MetricName, Observable>();
  for (const name of listMetrics(command)) {
    if (getDefinition(name).from === undefined) recorders.set(name, createRecorder(meter, name));
    else observables.set(name, createObservable(meter, name));
  }
  return {
    record: (name, value, labels) => recorders.get(name)?.(value, labels),
    // Only where there is a store: an SDK complains of a callback that is for no instrument.
    readOnDemand: (read) =>
      meter.addBatchObservableCallback(
        async (result) => {
          const readings = await read();
          for (const [name, observable] of observables) {
            const value = readings?.[name];
            if (value !== undefined) result.observe(observable, value);
          }
        },
        [...observables.values()],
      ),
  };
}

function createRecorder(meter: Meter, metric: MetricName): (value: number, labels: Labels) => void {
  const { type, help, unit, buckets = [] } = getDefinition(metric);
  const [name, options] = [toOpenTelemetryName(metric), { description: help, unit }];
  if (type === "counter") {
    const counter = meter.createCounter(name, options);
    return (value, labels) => counter.add(value, labels);
  }
  const instrument =
    type === "gauge"
      ? meter.createGauge(name, options)
      : meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...buckets] } });
  return (value, labels) => instrument.record(value, labels);
}

function createObservable(meter: Meter, metric: MetricName): Observable {
  const { type, help, unit } = getDefinition(metric);
  const [name, options] = [toOpenTelemetryName(metric), { description: help, unit }];
  return type === "counter" ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
}
