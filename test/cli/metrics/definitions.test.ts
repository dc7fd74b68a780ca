/** Metrics are named as Prometheus and OpenTelemetry have it, and have what docs/metrics.md says. */
import { describe, expect, test } from "@jest/globals";
import { commands, getDefinition, listMetrics, type MetricName, metrics } from "../../../cli/metrics/definitions.ts";
import { toOpenTelemetryName } from "../../../cli/metrics/opentelemetry.ts";

const names = Object.keys(metrics) as MetricName[];

/** As https://prometheus.io/docs/practices/naming has it. */
describe.each(names)("%s", (name) => {
  const { type, unit, help, labels = {}, buckets, from } = getDefinition(name);

  test("is named by the conventions of Prometheus: its program, what it counts, its unit, and _total for what only grows", () => {
    expect(name).toMatch(/^onsync_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(/_seconds$/.test(name)).toBe(unit === "s");
    expect(name).not.toMatch(/_(count|sum|bucket|milliseconds|ms|info)$/);
    for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z]+$/);
  });

  test("says in a sentence what it is", () => {
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(help).not.toContain("\n");
  });

  test("has buckets that grow where it is a histogram, and else none", () => {
    expect(buckets !== undefined).toBe(type === "histogram");
    expect(buckets).toEqual(buckets?.toSorted((one, other) => one - other));
  });

  test("has at most a thousand combinations of labels, whatever comes in", () => {
    const series = Object.values(labels).map((values) => ("max" in values ? values.max : values.length) + 1);
    expect(series.reduce((product, count) => product * count, 1)).toBeLessThanOrEqual(1001);
  });

  test("comes out of OpenTelemetry under the same name", () => {
    // What its Prometheus exporters do: the unit and the kind are added to the name.
    const parts = [
      toOpenTelemetryName(name).replaceAll(".", "_"),
      unit === "s" && "seconds",
      type === "counter" && "total",
    ];
    expect(parts.filter(Boolean).join("_")).toBe(name);
    expect(from === undefined || Object.keys(labels).length === 0).toBe(true);
  });
});

test("each command has some, and each is of some command", () => {
  expect([...new Set(commands.flatMap(listMetrics))].sort()).toEqual(names.toSorted());
  for (const command of commands) expect(listMetrics(command).length).toBeGreaterThan(5);
});
