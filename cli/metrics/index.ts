/** The metrics of a command that runs until it is stopped: for Prometheus on a port, and for OpenTelemetry. */
import { isLoopback } from "../../src/http/loopback.ts";
import { formatError } from "../output/error-report.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import { findMetricsToken } from "../settings/environment.ts";
import type { MetricsOptions } from "../settings/options.ts";
import { type CommandName, listMetrics } from "./definitions.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createOpenTelemetryExporter } from "./opentelemetry.ts";
import { serveMetrics } from "./serve.ts";

export type OpenMetrics = {
  metrics: Metrics;
  /** Where Prometheus reads them. */
  url?: string;
  close(): Promise<void>;
};

/**
 * @returns `undefined` where nobody reads them: there is no port and no OpenTelemetry SDK. Then nothing is counted
 * @throws UsageError where others could read them without a token, or an address has no port
 */
export async function openMetrics(
  env: Environment,
  command: CommandName,
  { metricsPort, metricsHost: host }: MetricsOptions,
  log: Log,
): Promise<OpenMetrics | undefined> {
  if (host !== undefined && metricsPort === undefined)
    throw new UsageError(
      "--metrics-host goes with --metrics-port: give that too, such as 9464, or there are no metrics to read.",
    );
  const metricsHost = host ?? "127.0.0.1";
  const token = findMetricsToken(env);
  if (metricsPort !== undefined && token === undefined && !isLoopback(metricsHost))
    throw new UsageError(
      `On ${metricsHost} others can read the metrics: set ONSYNC_METRICS_TOKEN to a long random token, or leave --metrics-host out.`,
    );
  const openTelemetry = await createOpenTelemetryExporter(command);
  const prometheus = metricsPort === undefined ? undefined : await createPrometheusOf(command);
  const exporters = [openTelemetry, prometheus].filter((each) => each !== undefined);
  if (exporters.length === 0) return undefined;
  const metrics = createMetrics(exporters, {
    logProblem: (err) => log.warn({ err }, "the figures of the events cannot be read"),
  });
  if (metricsPort === undefined || !prometheus) return { metrics, close: async () => {} };
  const door = { port: metricsPort, host: metricsHost, token };
  return { metrics, ...(await serveMetrics(prometheus, door).catch(failOnPort)) };
}

/** @throws UsageError that names the options of this port, and not those of the server's own */
function failOnPort(error: unknown): never {
  if (typeof (error as NodeJS.ErrnoException).syscall !== "string") throw error;
  throw new UsageError(formatError(error).replace(/--(port|host)/g, "--metrics-$1"));
}

async function createPrometheusOf(command: CommandName) {
  const { createPrometheus } = await import("./prometheus.ts");
  return createPrometheus(listMetrics(command), { withProcess: true });
}
