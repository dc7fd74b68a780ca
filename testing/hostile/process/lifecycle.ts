/**
 * Whether a process runs. It can be cut off for good, at any step: nothing that it would do later happens any more, and
 * nothing reaches it.
 */
import type { World } from "../virtual-time.ts";
import type { ProcessPlan } from "./plan.ts";

export type Lifecycle = {
  isUp(): boolean;
  /** Resolves when it is cut off; never otherwise. */
  crashed: Promise<void>;
  /** What reaches the process, once it moves. */
  reach(act: () => void): void;
  /** @returns whether this step happens at all, and whether anybody learns of it */
  step(): { happens: boolean; isHeard: boolean };
};

/** What a process waits for that is gone. */
export const never = new Promise<never>(() => {});

export function createLifecycle(
  name: string,
  world: World,
  { crash, pause }: ProcessPlan,
  trace: (line: () => string) => void,
): Lifecycle {
  const down = Promise.withResolvers<void>();
  let isUp = true;
  let steps = 0;
  let standsStillUntil = 0;

  const goDown = (): void => {
    if (!isUp) return;
    isUp = false;
    trace(() => `${name} is cut off for good`);
    down.resolve();
  };
  const reach = (act: () => void): void => {
    if (!isUp) return;
    if (world.now() < standsStillUntil) world.after(standsStillUntil - world.now(), () => reach(act));
    else act();
  };

  return {
    isUp: () => isUp,
    crashed: down.promise,
    reach,
    step() {
      if (!isUp) return { happens: false, isHeard: false };
      steps += 1;
      if (pause?.step === steps) {
        standsStillUntil = world.now() + pause.ms;
        trace(() => `${name} stands still for ${pause.ms} ms`);
      }
      if (crash === undefined) return { happens: true, isHeard: true };
      if ("afterMs" in crash) {
        if (steps === 1) world.after(crash.afterMs, goDown);
        return { happens: true, isHeard: true };
      }
      if (steps !== crash.step) return { happens: true, isHeard: true };
      if (crash.when === "before") {
        goDown();
        return { happens: false, isHeard: false };
      }
      // It is on its way; the process is gone before it hears of it.
      queueMicrotask(goDown);
      return { happens: true, isHeard: false };
    },
  };
}
