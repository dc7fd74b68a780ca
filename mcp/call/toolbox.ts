/** What the calls of one OnSync account share. It outlives sessions and HTTP requests. */

import { systemClock } from "../../src/client/clock.ts";
import { type Clock, createMemoryLedger, type OnSync } from "../../src/client/index.ts";
import { createTruncatingLog } from "../../src/log-limits.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import type { Log, McpOptions } from "../options.ts";
import { createGuard, type Guard } from "../safety/guard.ts";
import { createMasking, type Masking } from "../safety/pii.ts";
import { selectTools, type ToolSelection } from "../safety/select-tools.ts";
import { createFailureMemory, type FailureMemory } from "./failure-memory.ts";
import { createReadAhead, type ReadAhead } from "./read-ahead.ts";

export type Toolbox = {
  onsync: OnSync;
  events: EventReader | undefined;
  /** The tools that the operator's settings leave. */
  tools: ToolSelection;
  guard: Guard;
  failures: FailureMemory;
  readAhead: ReadAhead;
  /** Where phones and e-mails are masked. */
  masking: Masking | undefined;
  clock: Clock;
  log: Log | undefined;
  onToolCall: McpOptions["onToolCall"];
  /** How many calls have changed something. What was read before the last of them may be out of date. */
  writes: number;
};

/** @throws Error where a safety setting is wrong */
export function createToolbox(options: McpOptions): Toolbox {
  const { onsync, events, safety = {}, now = Date.now, sleep = systemClock.sleep } = options;
  const clock = { now, sleep };
  if (safety.send === "person" && !options.ledger?.durable)
    throw new Error('send "person" needs a ledger that lasts, in a file or in Redis: the one that the client has');
  const masking = safety.redactPii ? createMasking(safety.secret) : undefined;
  return {
    onsync,
    events,
    tools: selectTools(safety, events !== undefined),
    guard: createGuard({
      safety,
      onsync,
      ledger: options.ledger ?? createMemoryLedger({ clock }),
      scope: options.ledgerScope ?? onsync.baseUrl,
      now,
      masking,
      approvals: options.approvals,
    }),
    failures: createFailureMemory(now),
    readAhead: createReadAhead(now),
    masking,
    clock,
    log: options.log && createTruncatingLog(options.log),
    onToolCall: options.onToolCall,
    writes: 0,
  };
}
