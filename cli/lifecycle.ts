/**
 * How a command ends: the first SIGTERM, SIGINT or SIGHUP (its terminal was closed) asks it to drain (take nothing new,
 * finish what runs), the second ends it at once, and so does a drain that takes too long.
 */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type StopSignalName = keyof typeof exitCodes;

export type StopRequest = {
  /** Resolves when stopping is asked for. */
  requested: Promise<void>;
  /** Aborted then. */
  signal: AbortSignal;
  /** Asks for it, as a signal does. */
  request(): void;
  /** Listens to signals no more. */
  dispose(): void;
};

/** How long what runs may take to finish, in milliseconds: the longest send, and the looking whether it arrived, fit. */
const drainMs = 50_000;

/** How often it is looked whether the parent is still there, in milliseconds. */
const parentCheckMs = 500;

/**
 * Under `npm start` a shell stands between npm and us, and a SIGTERM to npm ends that shell alone. That the parent is
 * another one is how we learn of it.
 */
function watchParent(gone: () => void): () => void {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) gone();
  }, parentCheckMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Listens to signals from now on: call it before anything is announced. */
export function listenForStop(): StopRequest {
  const controller = new AbortController();
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  const request = () => {
    controller.abort();
    resolve();
  };
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(exitCodes[name as StopSignalName]);
    request();
  };
  const names = Object.keys(exitCodes) as StopSignalName[];
  for (const name of names) process.on(name, onSignal);
  const unwatchParent = watchParent(request);
  return {
    requested,
    signal: controller.signal,
    request,
    dispose: () => {
      unwatchParent();
      for (const name of names) process.off(name, onSignal);
    },
  };
}

/** What is done before a server closes, so that a balancer sends nothing more: it says that it is not ready, and goes on. */
export type TurnAway = {
  start(): void;
  /** For how long it goes on, in milliseconds. */
  delayMs: number;
};

/**
 * Runs a server until it is asked to stop, then closes it.
 *
 * @param close takes nothing new and resolves when what runs is finished
 * @param say tells the person what happens
 */
export async function serveUntilStopped(
  stop: StopRequest,
  close: () => Promise<void>,
  say: (message: string) => void,
  turnAway?: TurnAway,
): Promise<void> {
  await stop.requested;
  turnAway?.start();
  if (turnAway && turnAway.delayMs > 0) {
    say(`Stopping in ${turnAway.delayMs / 1000} seconds; /readyz says no from now on. Once more stops at once.`);
    await new Promise((resolve) => setTimeout(resolve, turnAway.delayMs));
  }
  say("Stopping: what runs is finished first. Once more stops at once.");
  const late = setTimeout(() => {
    say(`Still not finished after ${drainMs / 1000} seconds: stopping anyway.`);
    process.exit(1);
  }, drainMs);
  // It must not keep a drained process waiting.
  late.unref();
  await close();
  clearTimeout(late);
  stop.dispose();
}
