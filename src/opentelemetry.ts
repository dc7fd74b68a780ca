/** Whether the process was started with an OpenTelemetry SDK: @opentelemetry/api is optional, and is loaded where there is one. */

/** The API keeps what an SDK registers under this symbol: without it whatever is recorded would go nowhere. */
const apiRegistryKey = Symbol.for("opentelemetry.js.api.1");

export function hasOpenTelemetry(): boolean {
  return apiRegistryKey in globalThis;
}
