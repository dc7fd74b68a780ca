/** Times as the server has them: microseconds of a wall clock that may be wrong, written in one of several forms. */
import { epoch } from "../machine-clock.ts";
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";

export function wallMicros(world: World, { clockSkewMs }: ServerBehaviour): number {
  return Math.floor((epoch + world.now() + clockSkewMs) * 1000);
}

export function toWholeMillis(micros: number): number {
  return Math.floor(micros / 1000) * 1000;
}

export function writeTime(micros: number, form: ServerBehaviour["times"]): string {
  const whole = new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1);
  const rest = String(micros % 1000).padStart(3, "0");
  switch (form) {
    case "utc":
      return `${whole}Z`;
    case "zoneless":
      return whole;
    case "micros":
      return `${whole}${rest}Z`;
    case "zoneless micros":
      return `${whole}${rest}`;
    case "offset": {
      const there = new Date(Math.floor(micros / 1000) + 4 * 3_600_000).toISOString().slice(0, -1);
      return `${there}+04:00`;
    }
  }
}

/** @returns microseconds, or `null` for what is no time */
export function readTime(text: string): number | null {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (parts === null) return null;
  const seconds = Date.parse(`${parts[1]}${parts[3] ?? "Z"}`);
  return Number.isNaN(seconds) ? null : seconds * 1000 + Number((parts[2] ?? "").padEnd(6, "0"));
}
