/**
 * What those who run a server ask it, without a key: `/healthz`, whether the process answers at all, and `/readyz`, whether
 * it takes work. Who only asks learns which part is missing, and nothing else: errors go to the log.
 */

export type ReadinessCheck = {
  /** Rejects where the part is missing. */
  ask(): Promise<unknown>;
  /** What anybody may read about it then: no address, no path, no words of an error. */
  problem: string;
};

export type ProbeAnswer = { status: 200 | 503; headers: Record<string, string>; body: string };

export type Probes = {
  /** @returns `undefined` where the request asks for neither */
  answer(method: string, path: string): Promise<ProbeAnswer> | undefined;
  /** Everything is open: from now on `/readyz` asks these, by the names that it tells. */
  start(checks: Readonly<Record<string, ReadinessCheck>>): void;
  /** It is about to close: from now on `/readyz` says no. */
  stop(): void;
};

export type ProbesOptions = {
  /** Told when a server that was ready is not any more, why, and when it is again. */
  log?: (level: "info" | "warn", message: string, fields: Record<string, unknown>) => void;
  /** The longest that a check may take, in milliseconds. Default 2,000. */
  checkTimeoutMs?: number;
  /** How long an answer is given again without asking anew, in milliseconds: anybody may ask. Default 1,000. */
  keepMs?: number;
  /** On a clock that nobody sets, in milliseconds. */
  monotonic?: () => number;
};

const defaultCheckTimeoutMs = 2000;
const defaultKeepMs = 1000;

type Problems = Readonly<Record<string, string>>;
/** What is missing, and why, which is for the log alone. */
type Missing = { name: string; problem: string; reason?: string };

/** @returns probes of a server that is starting: it is alive, and not ready */
export function createProbes(options: ProbesOptions = {}): Probes {
  const { keepMs = defaultKeepMs, monotonic = () => performance.now() } = options;
  const logChange = createChangeLog(options.log);
  let server: "starting" | "running" | "stopping" = "starting";
  let findMissing = async (): Promise<Missing[]> => [];
  let last: { missing: Promise<Missing[]>; askedAt: number } | undefined;

  const isReady = async (): Promise<ProbeAnswer> => {
    if (server !== "running") return answerReadiness({ server: `is ${server}` });
    if (last === undefined || monotonic() - last.askedAt >= keepMs)
      last = { missing: findMissing(), askedAt: monotonic() };
    const missing = await last.missing;
    logChange(missing);
    // It may have been told to stop meanwhile.
    return server === "running" ? answerReadiness(toProblems(missing)) : isReady();
  };

  return {
    answer(method, path) {
      if (method !== "GET" && method !== "HEAD") return undefined;
      if (path === "/healthz") return Promise.resolve(createAnswer(200, { ok: true }));
      return path === "/readyz" ? isReady() : undefined;
    },
    start(checks) {
      findMissing = createExamination(checks, options);
      if (server === "starting") server = "running";
    },
    stop() {
      server = "stopping";
    },
  };
}

/** @returns asks everything at once, each no more often than it answers */
function createExamination(
  checks: Readonly<Record<string, ReadinessCheck>>,
  { checkTimeoutMs = defaultCheckTimeoutMs }: ProbesOptions,
): () => Promise<Missing[]> {
  const underWay = new Map<string, Promise<Missing | undefined>>();
  const start = (name: string, { ask, problem }: ReadinessCheck): Promise<Missing | undefined> => {
    const asked = ask()
      .then(
        () => undefined,
        (error: unknown) => ({ name, problem, reason: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return asked;
  };
  return async () => {
    const found = Object.entries(checks).map(([name, check]) =>
      withLimit(underWay.get(name) ?? start(name, check), checkTimeoutMs, {
        name,
        problem: `does not answer within ${checkTimeoutMs / 1000} s`,
      }),
    );
    return (await Promise.all(found)).filter((each) => each !== undefined);
  };
}

/** @returns what is found, or `late` where that takes longer */
async function withLimit<Found>(found: Promise<Found>, ms: number, late: Found): Promise<Found> {
  const limit = Promise.withResolvers<Found>();
  const timer = setTimeout(() => limit.resolve(late), ms);
  try {
    return await Promise.race([found, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function toProblems(missing: readonly Missing[]): Problems {
  return Object.fromEntries(missing.map(({ name, problem }) => [name, problem]));
}

/** One line for each change, however often somebody asks. */
function createChangeLog(log: ProbesOptions["log"]): (missing: readonly Missing[]) => void {
  let before = "{}";
  return (missing) => {
    const now = JSON.stringify(toProblems(missing));
    if (now === before) return;
    before = now;
    if (missing.length === 0) log?.("info", "ready again", {});
    else log?.("warn", "not ready", { missing });
  };
}

function answerReadiness(problems: Problems): ProbeAnswer {
  return Object.keys(problems).length === 0
    ? createAnswer(200, { ready: true })
    : createAnswer(503, { ready: false, problems });
}

function createAnswer(status: ProbeAnswer["status"], body: object): ProbeAnswer {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify(body) };
}
