/** All that an assistant gets of one OnSync account. It outlives sessions and HTTP requests. */

import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import { createToolbox, type McpOptions, type Toolbox } from "../call/toolbox.ts";
import { type Completer, createCompleter } from "./completion.ts";
import { createEvents, type Events } from "./events.ts";
import { createPrompts, type Prompts } from "./prompts.ts";
import { createResources, type Resources } from "./resources.ts";

export type Surface = {
  tools: Toolbox;
  resources: Resources;
  prompts: Prompts;
  complete: Completer;
  /** Where a webhook receiver runs and `wait_for_events` is offered. */
  events?: Events;
  /** What tells that a resource has changed; not where ids are masked, which addresses then are not known by. */
  changes?: EventReader;
};

export function createSurface(options: McpOptions): Surface {
  const tools = createToolbox(options);
  const now = options.now ?? Date.now;
  const offered = options.events && tools.offers("wait_for_events") ? options.events : undefined;
  return {
    tools,
    resources: createResources(tools),
    prompts: createPrompts(tools),
    complete: createCompleter(tools, now),
    ...(offered && { events: createEvents(tools, now) }),
    ...(offered && !options.safety?.redactPii && { changes: offered }),
  };
}
