/** Orgs with a server each, and workers on one queue that are killed, stopped and cut off while they import for them. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { connectRedis } from "../../src/redis.ts";
import { bareEnvironment } from "../bare-environment.ts";
import { startPostgres } from "../postgres-server.ts";
import { startRedis } from "../redis-server.ts";
import { type ImportServer, startImportServer } from "./server.ts";
import { drawSource, type Source } from "./source.ts";

const command = join(import.meta.dirname, "../../cli/onsync.ts");

export type EngineName = "redis" | "postgres";

export type Engine = {
  url: string;
  restart(): Promise<void>;
  /** Of an org's hour, how many requests were taken. */
  countTickets(scope: string): Promise<number>;
  /** Everything that is kept, as text: no key may be in it. */
  dump(): Promise<string>;
  close(): Promise<void>;
};

export async function startEngine(name: EngineName): Promise<Engine> {
  return name === "redis" ? startRedisEngine() : startPostgresEngine();
}

async function startRedisEngine(): Promise<Engine> {
  const server = await startRedis("--maxmemory-policy", "noeviction");
  const ask = async <Answer>(work: (redis: Awaited<ReturnType<typeof connectRedis>>) => Promise<Answer>) => {
    const redis = await connectRedis(server.url);
    return work(redis).finally(() => redis.close());
  };
  return {
    url: server.url,
    restart: () => server.restart("SIGKILL"),
    countTickets: (scope) =>
      ask(async (redis) => Number(await redis.send("ZCARD", `{onsync:ledger}:admissions:requests ${scope}`))),
    dump: () =>
      ask(async (redis) => {
        const keys = (await redis.send("KEYS", "*")) as string[];
        const kept: unknown[] = [keys];
        for (const key of keys) {
          const type = await redis.send("TYPE", key);
          if (type === "hash") kept.push(await redis.send("HGETALL", key));
          if (type === "string") kept.push(await redis.send("GET", key));
          if (type === "list")
            kept.push(
              ((await redis.send("LRANGE", key, 0, -1)) as string[]).map((each) => [
                each,
                Buffer.from(each, "base64").toString("latin1"),
              ]),
            );
        }
        return JSON.stringify(kept);
      }),
    close: () => server.close(),
  };
}

async function startPostgresEngine(): Promise<Engine> {
  const server = await startPostgres();
  const url = await server.createDatabase("imports");
  const ask = async (text: string, values: unknown[] = []) => {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query(text, values).finally(() => client.end());
    return rows as Record<string, unknown>[];
  };
  return {
    url,
    restart: () => server.restart(),
    async countTickets(scope) {
      const [row] = await ask("SELECT count(*) AS n FROM onsync_imports.admissions WHERE name = $1", [
        `requests ${scope}`,
      ]);
      return Number(row?.n);
    },
    async dump() {
      const imports = await ask("SELECT state FROM onsync_imports.imports");
      const journal = await ask("SELECT encode(entry, 'escape') AS entry FROM onsync_imports.journal");
      const jobs = await ask("SELECT data, output FROM onsync_queue.job");
      return JSON.stringify([imports, journal, jobs]);
    },
    close: () => server.close(),
  };
}

export type Org = { name: string; source: Source; server: ImportServer; file: string };

export type Running = { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> };

/** What a key of these begins with: nothing that is kept may have it. */
export const keyStart = "onsync_pk_test_life_";

export class WorkersWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "onsync-torture-queue-"));
  readonly orgs: Org[] = [];
  readonly #engine: Engine;
  #lives = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async addOrg(
    name: string,
    rows: number,
    { share = 0, maxLagMs, random }: { share?: number; maxLagMs: number; random: () => number },
  ): Promise<void> {
    const server = await startImportServer({ share, maxLagMs, random, limit: 1_000 });
    const source = drawSource(rows, random, false);
    for (const id of source.expected.keys()) if (random() < share / 3) server.refuse.add(id);
    const file = `${name}.csv`;
    writeFileSync(join(this.folder, file), source.text);
    this.orgs.push({ name, source, server, file });
  }

  /** By the key of a life of its own, so that each server knows who asks. */
  #writeOrgs(isWanted: (org: string) => boolean = () => true): string {
    this.#lives += 1;
    const path = join(this.folder, `orgs-${this.#lives}.json`);
    const lines = this.orgs
      .filter((org) => isWanted(org.name))
      .map(({ name, file, server }) => ({
        ...{ org: name, key: `${keyStart}${this.#lives}`, file, baseUrl: server.url },
        ...{ map: "Company=properties.company", budget: "100%" },
      }));
    writeFileSync(path, JSON.stringify(lines), { mode: 0o600 });
    return path;
  }

  startWorker(...options: string[]): Running {
    return this.#start(["work", "--queue", this.#engine.url, "--orgs", this.#writeOrgs(), "--json", ...options]);
  }

  ask(isWanted?: (org: string) => boolean): Running {
    const orgs = this.#writeOrgs(isWanted);
    return this.#start(["import", "contacts", "--orgs", orgs, "--queue", this.#engine.url, "--yes", "--json"]);
  }

  #start(args: readonly string[]): Running {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", command, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...bareEnvironment, HOME: this.folder, TMPDIR: this.folder, ONSYNC_LOG_LEVEL: "fatal" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.once("close", (code) => resolve({ code, output })),
    );
    return { child, ended };
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  async close(): Promise<void> {
    for (const { server } of this.orgs) await server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
