/**
 * The events of one account: those of its org, of the kinds that its key's scopes may read. A receiver keeps the events of
 * every org whose secret it knows, and an event carries what the API gives to a key with the scope alone.
 */
import { type Account, type EventType, eventTypes, type Scope } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import { getTimeLeft, startDeadline } from "../../src/client/deadline.ts";
import { PermissionError } from "../../src/client/errors/index.ts";
import type { EventReader, WaitOptions } from "../../src/webhooks/log/event-log.ts";
import { readOrg } from "../../src/webhooks/order-key.ts";

/** How many pages of others' events one wait passes over: then it answers, and goes on from there. */
const maxPagesOfOthers = 100;

function getScope(type: EventType): Scope {
  return type.startsWith("contact.") ? "read:contacts" : "read:messages";
}

/**
 * @param getAccount whose events are wanted; `null` where OnSync does not tell (no `GET /me`)
 * @param sharesReceiver whether the receiver is others' as well: without an account there are no events then
 */
export function createAccountEvents(
  events: EventReader,
  getAccount: () => Promise<Account | null>,
  { sharesReceiver }: { sharesReceiver: boolean },
): EventReader {
  return {
    async wait(options) {
      const account = await unlessAborted(getAccount(), options.signal);
      if (account === null && !sharesReceiver) return events.wait(options);
      const types = selectTypes(account?.scopes ?? [], options.types);
      const own = account && readOrg({ orgId: account.org.id });
      const isOwn = (org: string) => org === own || (org === "" && !sharesReceiver);
      return waitForOwn(events, { ...options, types }, isOwn);
    },
  };
}

/** A call that is ended does not wait for its account. */
async function unlessAborted<Value>(asked: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return asked;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([asked, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * @returns the types that may be read; `undefined`: all, of kinds unknown here as well
 * @throws PermissionError where one is asked for that may not be
 */
function selectTypes(scopes: readonly string[], wanted: WaitOptions["types"]): WaitOptions["types"] {
  const [allowed, forbidden] = [true, false].map((granted) =>
    (wanted ?? eventTypes).filter((type) => scopes.includes(getScope(type)) === granted),
  );
  if (!forbidden?.length) return wanted;
  if (wanted === undefined && allowed?.length) return allowed;
  const scope = getScope(forbidden[0] as EventType);
  throw new PermissionError(`The key may not read ${forbidden.join(", ")}.`, {
    status: 403,
    code: "insufficient_scope",
    method: "wait",
    path: "events",
    scope,
  });
}

async function waitForOwn(events: EventReader, options: WaitOptions, isOwn: (org: string) => boolean) {
  const deadline = startDeadline({ clock: systemClock, deadlineMs: options.timeoutMs });
  let { cursor } = options;
  for (let page = 1; ; page++) {
    const timeoutMs = Math.max(getTimeLeft(deadline), 0);
    const answer = await events.wait({ ...options, cursor, timeoutMs });
    const data = answer.data.filter((event) => isOwn(readOrg(event)));
    const onlyOthers = data.length === 0 && answer.data.length > 0;
    const goesOn = onlyOthers && (answer.more || getTimeLeft(deadline) > 0) && page < maxPagesOfOthers;
    if (answer.gap || !goesOn) return { ...answer, data };
    cursor = answer.cursor;
  }
}
