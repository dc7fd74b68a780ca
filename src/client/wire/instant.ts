/** Instants as a live server may write them. */

const zoneless = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/** Whether a time has no zone: it is read as UTC, wherever this runs. */
export function isZoneless(value: unknown): boolean {
  return typeof value === "string" && !value.endsWith("Z") && zoneless.test(value);
}

/** Milliseconds since 1970; NaN where the value is no time. */
export function parseInstant(value: unknown): number {
  if (typeof value !== "string") return Number.NaN;
  return Date.parse(isZoneless(value) ? `${value.replace(" ", "T")}Z` : value);
}
