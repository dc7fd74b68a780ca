/** The clock: read, frozen, set and moved. */
import { toIso } from "../clock.ts";
import { validate } from "../http/input.ts";
import type { ControlContext } from "./context.ts";
import type { Control } from "./control.ts";
import { ClockInput } from "./input.ts";

export function createClockControl({ context, scheduler }: ControlContext): Pick<Control, "clock"> {
  const { clock, changes } = context;
  return {
    clock: async (given = {}) => {
      const { now, freeze, advanceMs, resume } = validate(ClockInput, given);
      if (now !== undefined) {
        const instant = typeof now === "number" ? now : Date.parse(now);
        if (instant > clock.now()) await scheduler.advanceTo(instant);
        else clock.set(instant);
      }
      if (freeze) clock.freeze();
      if (advanceMs !== undefined) await scheduler.advanceBy(advanceMs);
      if (resume) clock.resume();
      scheduler.wake();
      if (Object.keys(given).length > 0) changes.note({ kind: "clock" });
      return { now: toIso(clock.now()), frozen: clock.frozen };
    },
  };
}
