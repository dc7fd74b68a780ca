/** An OpenTelemetry SDK is told the same as Prometheus. */
import { afterEach, expect, test } from "@jest/globals";
import { metrics as api, diag } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { Cleanup } from "../../../cli/cleanup.ts";
import { openMcpContext } from "../../../cli/mcp/context.ts";
import { getDefinition, listMetrics, type MetricName } from "../../../cli/metrics/definitions.ts";
import { openMetrics } from "../../../cli/metrics/index.ts";
import { createMetrics } from "../../../cli/metrics/metrics.ts";
import { createOpenTelemetryExporter, toOpenTelemetryName } from "../../../cli/metrics/opentelemetry.ts";
import { createPrometheus } from "../../../cli/metrics/prometheus.ts";
import { createLog } from "../../../cli/output/log.ts";
import { readPage } from "../../../testing/metrics/page.ts";

afterEach(() => {
  api.disable();
  diag.disable();
});

const log = createLog({}, "silent");

test("without an SDK and without a port nothing is counted", async () => {
  expect(await openMetrics({}, "mcp", {}, log)).toBeUndefined();
});

test("an MCP server over stdio counts where there is an SDK, and opens no port for it", async () => {
  const output = { write: () => {} };
  const io = {
    env: { ONSYNC_API_KEY: "onsync_pk_test_metrics" },
    stdin: (async function* () {})(),
    stdout: output,
    stderr: output,
  };
  const choice = { send: "direct", hostApprovals: true, port: 0, host: "127.0.0.1", drainDelay: 0 } as const;
  const cleanup = new Cleanup();
  const without = await openMcpContext(io, choice, cleanup);
  const told: string[] = [];
  const tell = (message: string) => void told.push(message);
  diag.setLogger({ error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} });
  api.setGlobalMeterProvider(new MeterProvider());
  const counting = await openMcpContext(io, choice, cleanup);
  expect([without, counting].map(({ options, metricsUrl }) => [typeof options.onToolCall, metricsUrl])).toEqual([
    ["undefined", undefined],
    ["function", undefined],
  ]);
  expect(told).toEqual([]);
  await cleanup.run();
});

test("each series of Prometheus is one of OpenTelemetry, with the same value, unit and sentence", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  api.setGlobalMeterProvider(provider);
  const openTelemetry = await createOpenTelemetryExporter("start");
  if (!openTelemetry) throw new Error("an SDK is there");
  const prometheus = createPrometheus(listMetrics("start"));
  const metrics = createMetrics([openTelemetry, prometheus]);
  metrics.readStore({
    stats: async () => ({ waiting: 3, dead: 2, accepted: 9, keys: 2, retrying: 1, oldestWaitingMs: 1500 }),
  });
  metrics.record("onsync_deliveries_refused_total", 2, { reason: "signature" });
  metrics.record("onsync_deliveries_refused_total", 1, { reason: "made up" as "signature" });
  metrics.record("onsync_hand_on_latency_seconds", 0.02, {});
  metrics.record("onsync_hand_on_latency_seconds", 4000, {});
  metrics.record("onsync_api_budget_remaining_requests", 12, { org: "" });
  metrics.record("onsync_api_budget_remaining_requests", 7, { org: "" });
  metrics.record("onsync_tool_calls_total", 1, { tool: "send_message", outcome: "ok" });
  await provider.forceFlush();

  const told = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const series = new Map<string, number>();
  for (const { descriptor, dataPoints, dataPointType } of told) {
    const name = listMetrics("start").find((each) => toOpenTelemetryName(each) === descriptor.name) as MetricName;
    const { help, unit, buckets } = getDefinition(name);
    expect(descriptor).toMatchObject({ description: help, unit });
    for (const { attributes, value } of dataPoints) {
      const pairs = Object.entries(attributes).map(([label, text]) => `${label}="${text}"`);
      const labels = pairs.length > 0 ? `{${pairs.join(",")}}` : "";
      if (dataPointType !== DataPointType.HISTOGRAM) series.set(name + labels, value as number);
      else {
        const { sum, count, buckets: own } = value as { sum: number; count: number; buckets: { boundaries: number[] } };
        expect(own.boundaries).toEqual(buckets);
        series.set(`${name}_sum${labels}`, sum).set(`${name}_count${labels}`, count);
      }
    }
  }
  const page = readPage(await prometheus.render());
  const counted = [...page.series].filter(([name, value]) => value !== 0 && !name.includes("_bucket"));
  expect(Object.fromEntries([...series].sort())).toEqual(Object.fromEntries(counted.sort()));
  await provider.shutdown();
});
