/** One reference: what its user holds, and how its parts are put to work. */
import { setTimeout as delay } from "node:timers/promises";
import type { Control } from "./control/control.ts";
import { createControl } from "./control/index.ts";
import { createControlHttp } from "./control/routes/index.ts";
import { createApp } from "./http/app.ts";
import type { HttpBindings } from "./http/bindings.ts";
import { type Listening, listen } from "./http/server.ts";
import { createInstance, type Instance } from "./instance.ts";
import { createMutex } from "./mutex.ts";
import { openApiDocument } from "./openapi/index.ts";
import { checkOptions, type ReferenceOptions } from "./options.ts";
import { readRateLimit, resetInstance, revokeKeys, setUp } from "./setup.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";

export type Reference = {
  /**
   * The whole app in process: `/v1/…`, and `/_control/…` where it is on. A server that passes requests on gives the
   * connection (`incoming`, `outgoing`, as @hono/node-server calls them) as `env`, so that the loopback check and faults see it.
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

/** @throws TypeError that names the option that is wrong; Error with a sentence where the data file cannot be used */
export function createReference(given: ReferenceOptions = {}): Reference {
  const instance = createInstance(checkOptions(given));
  const { options, scheduler, exposure } = instance;
  const servers = new Set<Listening>();
  let closing: Promise<void> | undefined;
  const control = createInstanceControl(instance);
  const app = createInstanceApp(instance, control, { isClosed: () => closing !== undefined });
  instance.console?.connectApi(app.fetchAs);
  setUp(instance);
  scheduler.wake();

  return {
    fetch: (request, env) => {
      exposure.noteConnection(env?.incoming?.socket);
      return app.fetch(request, env);
    },
    listen: async (port = 0, host = "127.0.0.1") => {
      exposure.noteHost(host);
      const server = await listen({ ...app, fetch: app.serve }, port, host, options.allowedHosts);
      servers.add(server);
      exposure.ports.add(server.port);
      return server;
    },
    control,
    key: instance.keys[0],
    controlToken: instance.controlToken,
    get orgId() {
      return instance.defaultOrg();
    },
    settled: () => scheduler.settled(),
    snapshot: () => takeSnapshot(instance),
    restore: (snapshot) => restoreSnapshot(instance, snapshot),
    endStreams: () => instance.console?.close(),
    close: () => {
      closing ??= closeInstance(instance, servers);
      return closing;
    },
  };
}

function createInstanceControl(instance: Instance): Control {
  const { context, scheduler, faults, defaultOrg } = instance;
  // One after the other, so that what belongs to one is not undone by the next.
  const runInTurn = createMutex();
  return createControl({
    context,
    scheduler,
    faults,
    defaultOrg,
    defaultRateLimit: readRateLimit(instance),
    reset: () => runInTurn(() => resetInstance(instance)),
  });
}

function createInstanceApp(instance: Instance, control: Control, { isClosed }: { isClosed: () => boolean }) {
  const { options, controlToken, context, faults, late, console, scheduler, log, reportError } = instance;
  const extensions = options.extensions ?? true;
  return createApp({
    context,
    extensions,
    faults,
    late,
    control: options.control ? createControlHttp(control, controlToken, reportError) : null,
    console,
    openApi: (serverUrl) => openApiDocument({ extensions, ...(serverUrl && { serverUrl }) }),
    allowedHosts: options.allowedHosts ?? [],
    sleep: options.sleep ?? sleepForReal,
    log,
    wakeScheduler: () => {
      if (!isClosed()) scheduler.wake();
    },
    isClosed,
  });
}

async function sleepForReal(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

async function closeInstance(instance: Instance, servers: ReadonlySet<Listening>): Promise<void> {
  const { options, context, console, scheduler } = instance;
  console?.close();
  await Promise.all([...servers].map((server) => server.close()));
  await scheduler.close();
  if (options.temporaryKeys) revokeKeys(instance);
  await context.store.close();
}
