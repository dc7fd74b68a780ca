/** What every engine must do: the same tests for the SQLite file and for Redis. */
import { describeAccepting } from "./accepting.ts";
import { describeClaiming } from "./claiming.ts";
import { describeForgetting } from "./forgetting.ts";
import type { OpenEmptyStore } from "./harness.ts";
import { describeKeeping } from "./keeping.ts";
import { describeLog } from "./log.ts";
import { describeOrderProperties } from "./order-properties.ts";
import { describeOutcomes } from "./outcomes.ts";

export function describeStore(name: string, open: OpenEmptyStore): void {
  describeAccepting(name, open);
  describeClaiming(name, open);
  describeOutcomes(name, open);
  describeKeeping(name, open);
  describeOrderProperties(name, open);
  describeLog(name, open);
  describeForgetting(name, open);
}
