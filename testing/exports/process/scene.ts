/** Everything around one export that is tortured: an inbox with traffic, its server, a target, a folder, and the judge of them. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { bareEnvironment } from "../../bare-environment.ts";
import { createRandom, type Random } from "../../hostile/random.ts";
import { type TableName, tableNames } from "../inbox/inbox.ts";
import { createTraffic, type Traffic } from "../inbox/traffic.ts";
import { Judge } from "../judge/judge.ts";
import { findSecrets, listFiles } from "../judge/secrets.ts";
import { type Deliveries, startDeliveries } from "../server/deliveries.ts";
import { type ExportServer, startExportServer } from "../server/server.ts";
import type { ReadableTarget } from "../targets/target.ts";
import { createEventReceiver, type EventReceiver } from "./receiver.ts";

export type SceneSettings = {
  seed: number;
  openTarget: (folder: string) => Promise<ReadableTarget>;
  table?: TableName;
  /** Whether there are lists of contacts and conversations. */
  extensions?: boolean;
};

export type Scene = {
  random: Random;
  table: TableName;
  extensions: boolean;
  traffic: Traffic;
  server: ExportServer;
  target: ReadableTarget;
  judge: Judge;
  receiver: EventReceiver;
  deliveries: Deliveries;
  folder: string;
  events: string;
  env: Record<string, string>;
  secrets: Readonly<Record<string, string>>;
  /** Where a file of the export's may be, and what must be in none. */
  searchFolder(): string[];
  close(): Promise<void>;
};

const key = "onsync_pk_test_torture_of_exports_7Qx";
const webhookSecret = "whsec_torture_of_exports_4Tz";
/** A history is not behind for longer. */
export const maxLagMs = 1500;
const roomy = { burst: 1000, perSecond: 1000 };
export const size = { conversations: 14, maxMessages: 90, strangers: 20 };

function makeFolders(): string {
  const folder = mkdtempSync(join(tmpdir(), "onsync-torture-export-"));
  for (const name of ["place", "home", "cwd", "tmp"]) mkdirSync(join(folder, name));
  return folder;
}

function environment(folder: string, url: string): Record<string, string> {
  const home = join(folder, "home");
  return {
    ...{ ...bareEnvironment, HOME: home, XDG_STATE_HOME: join(home, "state"), TMPDIR: join(folder, "tmp") },
    ...{ ONSYNC_API_KEY: key, ONSYNC_BASE_URL: url, ONSYNC_WEBHOOK_SECRETS: webhookSecret },
    ...{ ONSYNC_LEDGER: join(folder, "ledger.db"), ONSYNC_LOG_LEVEL: "fatal" },
  };
}

export async function openScene(settings: SceneSettings): Promise<Scene> {
  const { seed, openTarget } = settings;
  const random = createRandom(seed);
  // Each has a chance of its own: how often one is asked changes nothing for the others.
  const draw = () => createRandom(random.whole(1, 2 ** 31));
  const table = settings.table ?? random.pick(["messages", "messages", "messages", ...tableNames]);
  const extensions = settings.extensions ?? random.chance(0.85);
  const folder = makeFolders();
  const traffic = createTraffic(random.whole(1, 2 ** 31), size);
  const serverSettings = {
    ...{ key, extensions, maxPage: random.pick([20, 20, 33, 100]), maxLagMs: random.pick([0, 300, maxLagMs]) },
    ...{
      faultShare: random.pick([0, 0.05, 0.12]),
      maxLatencyMs: 15,
      limit: random.pick([{ burst: 40, perSecond: 60 }, roomy, roomy]),
    },
    onPage: () => random.chance(0.3) && traffic.stir(),
  };
  const server = await startExportServer(traffic.inbox, serverSettings, draw());
  const target = await openTarget(join(folder, "place"));
  const env = environment(folder, server.url);
  const events = join(folder, "events.db");
  const receiver = createEventReceiver(events, join(folder, "cwd"), env);
  const deliveries = startDeliveries(traffic.inbox, {
    ...{ secret: webhookSecret, random: draw(), url: receiver.url, maxDelayMs: 250, otherOrg: random.chance(0.3) },
  });
  const secrets = { "API key": key, "webhook secret": webhookSecret, ...target.secrets };
  return {
    ...{
      random: draw(),
      table,
      extensions,
      traffic,
      server,
      target,
      receiver,
      deliveries,
      folder,
      events,
      env,
      secrets,
    },
    judge: new Judge({ inbox: traffic.inbox, table, format: target.format }),
    searchFolder: () => searchFolder(folder, secrets),
    async close() {
      traffic.stop();
      deliveries.close();
      await receiver.end("SIGKILL");
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function searchFolder(folder: string, secrets: Readonly<Record<string, string>>): string[] {
  // The receiver's file has the secrets that deliveries are verified with.
  const mayHave = (file: string, name: string) => file.startsWith("events.db") && name === "webhook secret";
  const stray = ["home", "cwd", "tmp"].flatMap((name) => listFiles(join(folder, name)));
  return [
    ...findSecrets(folder, secrets, mayHave),
    ...stray.map((file) => `outside the target: ${relative(folder, file)} was left behind`),
  ];
}
