/**
 * The OnSync API on your own machine: every endpoint, error, limit and semantic of docs/onsync-api.txt and
 * docs/contract.md, webhook deliveries included. For trying things out, and for tests: in process (`fetch`) or on a port
 * (`listen`).
 *
 * ```ts
 * const reference = createReference();
 * const { url, close } = await reference.listen();        // http://127.0.0.1:PORT/v1
 * await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Hi" });
 * await fetch(`${url}/contacts`, { headers: { Authorization: `Bearer ${reference.key}` } });
 * await reference.close();
 * ```
 */
import { setTimeout as delay } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { scopes as allScopes } from "../src/api/index.ts";
import { isLoopback } from "../src/http/loopback.ts";
import { truncateLogValue } from "../src/log-limits.ts";
import { createChanges } from "./changes.ts";
import { type ClockState, createClock, realTime } from "./clock.ts";
import { plainConnect } from "./console/connect.ts";
import { createConsole } from "./console/index.ts";
import { createConsoleData } from "./console/routes.ts";
import type { ReferenceContext } from "./context.ts";
import { type Control, createControl } from "./control/index.ts";
import { createControlHttp } from "./control/routes.ts";
import { generateControlToken } from "./control/token.ts";
import { createExposure } from "./deliveries/exposure.ts";
import { createGuardedDeliver } from "./deliveries/guarded.ts";
import { createDeliveries } from "./deliveries/index.ts";
import { type Behaviour, BehaviourInput, createBehaviour, documentedBehaviour } from "./deviations/behaviour.ts";
import { createFaults, type Fault } from "./deviations/faults.ts";
import { createLateWork } from "./deviations/late-work.ts";
import { createApp } from "./http/app.ts";
import { type Listening, listen } from "./http/server.ts";
import { createIds } from "./ids.ts";
import { generateKey, hashKey, registerKey } from "./inbox/keys.ts";
import { createOrg } from "./inbox/orgs.ts";
import type { Log } from "./log.ts";
import { openApiDocument } from "./openapi/index.ts";
import { checkOptions, type ReferenceOptions } from "./options.ts";
import { seedDemo } from "./seed.ts";
import type { Dump } from "./store/database.ts";
import { openStore } from "./store/index.ts";
import { schemaVersion } from "./store/schema.ts";

export type { Connect } from "./console/connect.ts";
export type { ClockReading, Control, ControlledKey, ControlledOrg, Delivery } from "./control/index.ts";
export type { Deliver, DeliveryRequest } from "./deliveries/send.ts";
export type { Behaviour, BehaviourInput } from "./deviations/behaviour.ts";
export type { Fault, FaultInput, FaultKind } from "./deviations/faults.ts";
export { Refusal } from "./http/answers.ts";
export type { Listening } from "./http/server.ts";
export type { Log, LogEntry } from "./log.ts";
export { openApiDocument } from "./openapi/index.ts";
export type { ReferenceOptions } from "./options.ts";

/** The whole state, as plain JSON. It holds webhook secrets, but of API keys only hashes. */
export type Snapshot = { version: number; clock: ClockState; faults: Fault[]; behaviour?: Behaviour; data: Dump };

export type Reference = {
  /**
   * The whole app in process: `/v1/…`, and `/_control/…` where it is on. A server that passes requests on gives the
   * connection (`incoming`, `outgoing` of @hono/node-server) as `env`, so that the loopback check and faults see it.
   */
  fetch(request: Request, env?: Partial<HttpBindings>): Promise<Response>;
  /** @param port 0 (the default) takes a free one */
  listen(port?: number, host?: string): Promise<Listening>;
  control: Control;
  /** A ready key of the default org: the first of `keys`, or a new one. */
  key: string;
  /** What requests to `/_control` carry as `Authorization: Bearer …`. */
  controlToken: string;
  /** The default org's id. */
  readonly orgId: string;
  /** Every webhook delivery that is due now has been attempted. */
  settled(): Promise<void>;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): Promise<void>;
  /** Ends the console's live streams, which would hold up a server of yours that drains before {@link Reference.close}. */
  endStreams(): void;
  /** Closes servers, breaks deliveries off (they stay due in the data file) and the data file. */
  close(): Promise<void>;
};

const defaultRateLimit = 1000;
const orgSetting = "default_org";
const clockSetting = "clock";
const faultsSetting = "faults";
const behaviourSetting = "behaviour";

async function sleepForReal(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

/** @throws TypeError that names the option that is wrong; Error with a sentence where the data file cannot be used */
export function createReference(given: ReferenceOptions = {}): Reference {
  const options = checkOptions(given);
  const { rateLimit, scopes = allScopes } = options;
  const random = options.random ?? Math.random;
  const log: Log = (entry) => options.log?.(truncateLogValue(entry));
  const [key = generateKey(), ...otherKeys] = options.keys ?? [];
  const controlToken = options.controlToken ?? generateControlToken();

  const store = openStore(options.data);
  const clock = createClock(options.clock ?? Date.now, (state) => {
    store.settings.set(clockSetting, JSON.stringify(state));
  });
  const changes = createChanges();
  const behaviour = createBehaviour((current) => {
    store.settings.set(behaviourSetting, JSON.stringify(current));
  });
  const context: ReferenceContext = { store, clock, ids: createIds(clock.now), random, changes, behaviour };
  const faults = createFaults(context.ids, random, (all) => {
    store.settings.set(faultsSetting, JSON.stringify(all));
  });
  const late = createLateWork(clock);
  const failed = (error: unknown): void =>
    log({ level: "error", message: "unexpected error", requestId: "", method: "", path: "", status: 500, error });
  const warn = (message: string): void =>
    log({ level: "warn", message, requestId: "", method: "", path: "", status: 401 });
  const servers = new Set<Listening>();
  const surroundings = createExposure();
  const deliver =
    options.deliver ??
    createGuardedDeliver({
      ownPorts: () => new Set([...surroundings.ports, ...[...servers].map(({ port }) => port)]),
      allowsPrivate: () => options.allowPrivateWebhooks ?? !surroundings.isReachable,
    });
  const deliveries = createDeliveries(context, deliver, late, failed);

  const defaultOrg = (): string => store.settings.get(orgSetting) as string;

  /** What a test asked for survives a restart, too: it would meet another API all at once. */
  const restoreMisbehaviour = (): void => {
    const keptFaults = store.settings.get(faultsSetting);
    faults.restore(keptFaults === undefined ? faults.list() : (JSON.parse(keptFaults) as Fault[]));
    const keptBehaviour = store.settings.get(behaviourSetting);
    behaviour.set(keptBehaviour === undefined ? behaviour.current : BehaviourInput.parse(JSON.parse(keptBehaviour)));
  };

  const revokeKeys = (keys: readonly string[]): void => {
    for (const each of keys) {
      const known = store.keys.byHash(hashKey(each));
      if (known) store.keys.revoke(known.id, clock.now());
    }
  };

  /** Makes what a reference always has: the clock's state, the default org, its keys, the demo data. */
  const setUp = (): void =>
    store.transaction(() => {
      restoreMisbehaviour();
      const kept = store.settings.get(clockSetting);
      clock.restore(kept === undefined ? clock.state() : (JSON.parse(kept) as ClockState));
      const fresh = store.settings.get(orgSetting) === undefined;
      if (fresh) {
        store.settings.set(
          orgSetting,
          createOrg(context, { name: "default", rateLimit: rateLimit ?? defaultRateLimit }).id,
        );
      } else if (rateLimit !== undefined) store.orgs.setRateLimit(defaultOrg(), rateLimit);
      for (const each of options.refusedKeys ?? []) store.keys.forget(hashKey(each));
      for (const each of [key, ...otherKeys]) {
        const { prefix, revokedAt } = registerKey(context, defaultOrg(), scopes, each);
        if (revokedAt !== null)
          warn(`The key ${prefix}… was revoked in this data file, and stays so: give another one.`);
      }
      if (fresh && options.seed === "demo") seedDemo(context, defaultOrg());
    });

  let resetting: Promise<void> = Promise.resolve();
  const reset = async (): Promise<void> => {
    await deliveries.interrupt(() => {
      // Together with what the demo data changes: who looks on must not first ask about an org that is gone.
      changes.note({ kind: "everything" });
      store.transaction(() => {
        store.clear();
        faults.clear();
        behaviour.set(documentedBehaviour);
        clock.restore(realTime);
        setUp();
      });
      console?.requests.clear();
    });
    await options.onReset?.();
  };

  const control = createControl({
    context,
    deliveries,
    faults,
    defaultOrg,
    defaultRateLimit: rateLimit ?? defaultRateLimit,
    // One after the other, so that what belongs to one is not undone by the next.
    reset: () => {
      const turn = resetting.then(reset);
      resetting = turn.catch(() => {});
      return turn;
    },
  });

  const console = options.control
    ? createConsole(changes, controlToken, (requests) =>
        createConsoleData(
          {
            context,
            defaultOrg,
            requests,
            connect: (origin) => options.connect?.() ?? plainConnect(origin),
            wake: deliveries.wake,
          },
          controlToken,
          failed,
        ),
      )
    : null;
  let closing: Promise<void> | undefined;
  const app = createApp({
    context,
    extensions: options.extensions ?? true,
    faults,
    late,
    control: options.control ? createControlHttp(control, controlToken, failed) : null,
    console,
    openApi: () => openApiDocument({ extensions: options.extensions ?? true }),
    sleep: options.sleep ?? sleepForReal,
    log,
    afterwards: () => {
      if (!closing) deliveries.wake();
    },
    closed: () => closing !== undefined,
  });

  setUp();
  deliveries.wake();

  return {
    fetch: (request, env) => {
      surroundings.noteConnection(env?.incoming?.socket);
      return app.fetch(request, env);
    },
    listen: async (port = 0, host = "127.0.0.1") => {
      if (!isLoopback(host)) surroundings.isReachable = true;
      const server = await listen(app, port, host, options.allowedHosts);
      servers.add(server);
      return server;
    },
    control,
    key,
    controlToken,
    get orgId() {
      return defaultOrg();
    },
    settled: deliveries.settled,
    snapshot: () => ({
      version: schemaVersion,
      clock: clock.state(),
      faults: faults.list(),
      behaviour: behaviour.current,
      data: store.dump(),
    }),
    restore: async (snapshot) => {
      if (snapshot.version !== schemaVersion) {
        throw new Error(`The snapshot has format ${snapshot.version}; this version restores format ${schemaVersion}.`);
      }
      await deliveries.interrupt(() => {
        store.load(snapshot.data);
        // A snapshot of another reference does not know this one's keys.
        for (const each of [key, ...otherKeys]) {
          if (!store.keys.byHash(hashKey(each))) registerKey(context, defaultOrg(), scopes, each);
        }
        faults.restore(snapshot.faults);
        // A snapshot of before there were behaviours has none.
        behaviour.set(BehaviourInput.parse(snapshot.behaviour ?? {}));
        clock.restore(snapshot.clock);
        changes.note({ kind: "everything" });
      });
    },
    endStreams: () => console?.close(),
    close: () => {
      closing ??= (async () => {
        console?.close();
        await Promise.all([...servers].map((server) => server.close()));
        await deliveries.close();
        if (options.temporaryKeys) revokeKeys([key, ...otherKeys]);
        store.close();
      })();
      return closing;
    },
  };
}
