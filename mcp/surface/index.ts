/** All that an assistant gets of one OnSync account. It outlives sessions and HTTP requests. */

import type { Account } from "../../src/api/index.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import { createToolbox, type Toolbox } from "../call/toolbox.ts";
import type { EventWebhooks } from "../events/webhooks.ts";
import type { McpOptions } from "../options.ts";
import { createAccountCheck } from "./account.ts";
import { createAccountEvents } from "./account-events.ts";
import { type Completer, createCompleter } from "./completion.ts";
import { createEvents, type Events } from "./events.ts";
import { createPrompts, type Prompts } from "./prompts.ts";
import { createResources, type Resources } from "./resources.ts";
import { createSkills, type Skills } from "./skills.ts";

export type Surface = {
  toolbox: Toolbox;
  resources: Resources;
  prompts: Prompts;
  skills: Skills;
  complete: Completer;
  /** Where a webhook receiver runs and `wait_for_events` is offered. */
  events?: Events;
  /** Where hosts may have events delivered to an address of theirs. */
  eventWebhooks?: EventWebhooks;
  /** What tells that a resource has changed; not where ids are masked, which addresses then are not known by. */
  changes?: EventReader;
};

export type SurfaceOptions = McpOptions & {
  /** Lets hosts have events delivered to an address of theirs. */
  createEventWebhooks?: (events: Events) => EventWebhooks;
};

/** @param keyed of a key that others' keys stand beside: tells its account */
export function createSurface(options: SurfaceOptions, keyed?: { getAccount(): Promise<Account | null> }): Surface {
  const { onsync, now = Date.now } = options;
  const getAccount = keyed?.getAccount ?? createAccountCheck(onsync, now);
  const events =
    options.events && createAccountEvents(options.events, getAccount, { sharesReceiver: keyed !== undefined });
  const toolbox = createToolbox({ ...options, events });
  const changes = toolbox.tools.has("wait_for_events") ? events : undefined;
  const prompts = createPrompts(toolbox);
  const skills = createSkills(prompts.knowHow);
  // A key that a request brought is not kept, and without it nothing can be delivered.
  const createWebhooks = changes && !keyed ? options.createEventWebhooks : undefined;
  const told = changes && createEvents(toolbox, createWebhooks ? ["poll", "push", "webhook"] : ["poll", "push"]);
  return {
    toolbox,
    resources: createResources(toolbox, skills),
    prompts,
    skills,
    complete: createCompleter(toolbox),
    ...(told && { events: told }),
    ...(told && createWebhooks && { eventWebhooks: createWebhooks(told) }),
    ...(changes && !toolbox.masking && { changes }),
  };
}
