/** What the functions of the control API work on. */
import type { ReferenceContext } from "../context.ts";
import type { DeliveryScheduler } from "../deliveries/scheduler.ts";
import type { Faults } from "../deviations/faults.ts";
import { unknownId } from "../http/answers.ts";

export type ControlContext = {
  context: ReferenceContext;
  scheduler: DeliveryScheduler;
  faults: Faults;
  defaultOrg: () => string;
  defaultRateLimit: number;
  reset: () => Promise<void>;
};

/** Makes a change in one transaction; what it makes due is sent. */
export function makeChange<Result>({ context, scheduler }: ControlContext, work: () => Result): Result {
  const result = context.store.transaction(work);
  scheduler.wake();
  return result;
}

/**
 * The org that is named, or the default one.
 * @throws Refusal 404
 */
export function resolveOrgId({ context, defaultOrg }: ControlContext, id: string | undefined): string {
  if (id !== undefined && !context.store.orgs.byId(id)) throw unknownId("org", id);
  return id ?? defaultOrg();
}
