/**
 * The control API in process: what stands around OnSync in real life (customers who write, teammates who work, carriers
 * who deliver) and what tests need (a clock to turn, faults to meet). The HTTP routes call these functions.
 */
import { createAutomationControl } from "./automation.ts";
import { createClockControl } from "./clock.ts";
import type { ControlContext } from "./context.ts";
import type { Control } from "./control.ts";
import { createDeviationControl } from "./deviations.ts";
import { createInboxControl } from "./inbox.ts";
import { createOrgControl } from "./orgs.ts";
import { createWebhookControl } from "./webhooks.ts";

export function createControl(control: ControlContext): Control {
  return {
    ...createOrgControl(control),
    ...createInboxControl(control),
    ...createWebhookControl(control),
    ...createClockControl(control),
    ...createDeviationControl(control),
    ...createAutomationControl(control),
    reset: control.reset,
  };
}
