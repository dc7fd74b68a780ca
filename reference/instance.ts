/** Everything that one reference is made of, put together; nothing of it runs yet. */
import { scopes as allScopes, type Scope } from "../src/api/index.ts";
import { createGuardedDeliver } from "../src/http/guarded-post.ts";
import { truncateLogValue } from "../src/log-limits.ts";
import { createChanges } from "./changes.ts";
import { createClock } from "./clock.ts";
import { createPlainConnect } from "./console/connect.ts";
import { type Console, createConsole } from "./console/index.ts";
import { createDataHandler } from "./console/routes.ts";
import type { ReferenceContext } from "./context.ts";
import { generateControlToken } from "./control/token.ts";
import { createCounters } from "./counters.ts";
import { createExposure, type Exposure } from "./deliveries/exposure.ts";
import { DeliveryScheduler } from "./deliveries/scheduler.ts";
import { createBehaviour } from "./deviations/behaviour.ts";
import { createFaults, type Faults } from "./deviations/faults.ts";
import { createLateWork, type LateWork } from "./deviations/late-work.ts";
import { createIds } from "./ids.ts";
import { generateKey } from "./inbox/keys.ts";
import type { Log } from "./log.ts";
import type { ReferenceOptions } from "./options.ts";
import { openStore } from "./store/index.ts";

export type Instance = {
  options: ReferenceOptions;
  /** The known keys, or a new one. */
  keys: readonly [string, ...string[]];
  scopes: readonly Scope[];
  controlToken: string;
  context: ReferenceContext;
  faults: Faults;
  late: LateWork;
  scheduler: DeliveryScheduler;
  exposure: Exposure;
  /** `null` where the control API is not served. */
  console: Console | null;
  defaultOrg: () => string;
  log: Log;
  /** Of an error nobody foresaw. */
  reportError: (error: unknown) => void;
};

/** @throws Error with a sentence where the data file cannot be used */
export function createInstance(options: ReferenceOptions): Instance {
  const log: Log = (entry) => options.log?.(truncateLogValue(entry));
  const reportError = (error: unknown): void =>
    log({ level: "error", message: "unexpected error", requestId: "", method: "", path: "", status: 500, error });
  const [key = generateKey(), ...otherKeys] = options.keys ?? [];
  const controlToken = options.controlToken ?? generateControlToken();
  const context = createContext(options);
  const faults = createFaults(context.ids, context.random, (all) => {
    context.store.settings.set("faults", JSON.stringify(all));
  });
  const late = createLateWork(context.clock);
  const exposure = createExposure();
  const deliver =
    options.deliver ??
    createGuardedDeliver({
      ownPorts: () => exposure.ports,
      allowsPrivate: () => options.allowPrivateWebhooks ?? !exposure.isReachable,
    });
  const parts = {
    options,
    keys: [key, ...otherKeys] as const,
    scopes: options.scopes ?? allScopes,
    controlToken,
    context,
    faults,
    late,
    scheduler: new DeliveryScheduler({ context, deliver, late, reportError }),
    exposure,
    defaultOrg: () => context.store.settings.get("default_org") as string,
    log,
    reportError,
  };
  return { ...parts, console: options.control ? openConsole(parts) : null };
}

function createContext(options: ReferenceOptions): ReferenceContext {
  const store = openStore(options.data);
  const clock = createClock(options.clock ?? Date.now, (state) => {
    store.settings.set("clock", JSON.stringify(state));
  });
  const behaviour = createBehaviour((current) => {
    store.settings.set("behaviour", JSON.stringify(current));
  });
  const random = options.random ?? Math.random;
  return {
    store,
    clock,
    ids: createIds(clock.now),
    random,
    changes: createChanges(),
    counters: createCounters(clock.now),
    behaviour,
  };
}

function openConsole(parts: Omit<Instance, "console">): Console {
  const { options, context, controlToken, defaultOrg, scheduler, reportError } = parts;
  return createConsole(context.changes, controlToken, (fromConsole) =>
    createDataHandler(
      {
        context,
        defaultOrg,
        ...fromConsole,
        connect: (origin) => options.connect?.() ?? createPlainConnect(origin),
        imports: options.imports ?? null,
        wake: () => scheduler.wake(),
      },
      controlToken,
      reportError,
    ),
  );
}
