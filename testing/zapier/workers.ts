/** The processes that run the app: each handles one event at a time, and can be killed at any moment. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What is run: the address of a module with a `handler`, as the platform's wrapper is one, and the Node that runs it. */
export type AppUnderTest = { wrapper: string; folder: string; node: string };

export type Job = { token: string; clock: { real: number; virtual: number }; event: object };
export type JobAnswer =
  | { kind: "results"; results: unknown; hosts: string[] }
  | { kind: "error"; name: string; message: string; hosts: string[] }
  | { kind: "killed" };

export type RunningJob = { answer: Promise<JobAnswer>; kill(): void };

export type Workers = {
  /** The version of Node that they run, once the first is there. */
  readonly version: string;
  /** Starts a job in a process that has none; a new one where all are busy. */
  start(job: Job): Promise<RunningJob>;
  close(): Promise<void>;
};

type Settings = AppUnderTest & { speed: number; logEndpoint: string };

const startLimitMs = 120_000;

/** As a function of AWS Lambda has it: nothing of this machine's. */
function createEnvironment({ speed, logEndpoint }: Settings): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, TZ: "UTC", LOGGING_ENDPOINT: logEndpoint, ONSYNC_SPEED: String(speed) };
}

async function startProcess(settings: Settings, noteVersion: (version: string) => void): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "fixtures", "worker.ts"), [settings.wrapper], {
    execPath: settings.node,
    execArgv: ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"],
    cwd: settings.folder,
    env: createEnvironment(settings),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`A process of the app did not start: ${said}`);
  });
  const [{ ready }] = (await Promise.race([
    once(child, "message", { signal: AbortSignal.timeout(startLimitMs) }),
    ended,
  ])) as [{ ready: string }];
  ended.catch(() => {});
  noteVersion(ready);
  return child;
}

function giveJob(child: ChildProcess, id: number, job: Job): Promise<JobAnswer> {
  return new Promise((resolve) => {
    const take = (message: {
      id: number;
      hosts: string[];
      results?: unknown;
      error?: { name: string; message: string };
    }) => {
      if (message.id !== id) return;
      end();
      const { hosts, results, error } = message;
      resolve(error ? { kind: "error", ...error, hosts } : { kind: "results", results, hosts });
    };
    const exit = () => {
      end();
      resolve({ kind: "killed" });
    };
    const end = () => {
      child.off("message", take);
      child.off("exit", exit);
    };
    child.on("message", take);
    child.on("exit", exit);
    if (!child.connected) return exit();
    child.send({ id, ...job }, () => {});
  });
}

/** @param spare how many processes are kept ready, so that one that was killed is not waited for */
export function createWorkers(settings: Settings, spare = 1): Workers {
  const all = new Set<ChildProcess>();
  const idle: Promise<ChildProcess>[] = [];
  let version = "";
  let jobs = 0;
  let closed = false;
  const spawn = (): Promise<ChildProcess> => {
    const started = startProcess(settings, (found) => {
      version = found;
    }).then((child) => {
      all.add(child);
      child.once("exit", () => all.delete(child));
      if (closed) child.kill("SIGKILL");
      return child;
    });
    // Whoever takes it out of `idle` hears of it.
    started.catch(() => {});
    return started;
  };
  const refill = (): void => {
    while (!closed && idle.length < spare) idle.push(spawn());
  };
  return {
    get version() {
      return version;
    },
    start: async (job) => {
      const waiting = idle.shift() ?? spawn();
      refill();
      const child = await waiting;
      jobs += 1;
      const answer = giveJob(child, jobs, job);
      let isOver = false;
      answer.then((given) => {
        isOver = true;
        // One that was killed may have answered just before. Those that have yet to start come after it.
        if (given.kind !== "killed" && !child.killed) idle.unshift(Promise.resolve(child));
      });
      return { answer, kill: () => isOver || child.kill("SIGKILL") };
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(idle);
      await Promise.all(
        [...all].map(async (child) => {
          const exited = once(child, "exit");
          if (child.kill("SIGKILL")) await exited;
        }),
      );
    },
  };
}
