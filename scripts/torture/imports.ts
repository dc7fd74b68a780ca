/**
 * Kills an import at random moments, and starts it again until it is done, against a server with lag, 429s, and every way in which
 * a request or its answer can be lost; and judges what came of it: every row in the inbox as the file has it, none lost, none
 * twice, and the report, the refused rows and the journal agreed with the server.
 *
 *   npm run torture -- --engine import                200 kills
 *   npm run torture -- --engine import --rounds 20
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openRows } from "../../src/data/rows/open-rows.ts";
import { openSqlite } from "../../src/sqlite.ts";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { createRandom } from "../../testing/hostile/random.ts";
import { type DoneLine, judgeImport } from "../../testing/imports/judge.ts";
import { type ImportServer, startImportServer } from "../../testing/imports/server.ts";
import { drawSource, type Source } from "../../testing/imports/source.ts";

const { values } = readOptions({
  options: {
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const kills = Number(values.rounds);
if (!Number.isInteger(kills) || kills < 1) refuseUsage("--rounds: give a whole number of at least 1.");
const random = createRandom(Number(values.seed)).next;
const command = join(import.meta.dirname, "../../cli/onsync.ts");
const rowsInFile = 80;
const maxLives = 200;

type Life = {
  child: ChildProcess;
  ended: Promise<{ code: number | null; output: string }>;
  firstRequest: () => boolean;
};

function startLife(file: string, folder: string, server: ImportServer, args: readonly string[]): Life {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      command,
      "import",
      "contacts",
      file,
      "--yes",
      "--json",
      "--budget",
      "100%",
      "--map",
      "Company=properties.company",
      ...args,
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env.PATH,
        ONSYNC_API_KEY: "onsync_pk_test_torture",
        ONSYNC_BASE_URL: server.url,
        ONSYNC_LEDGER: join(folder, "ledger.db"),
        ONSYNC_LOG_LEVEL: "fatal",
      },
    },
  );
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, output })),
  );
  const before = server.attempts.length;
  return { child, ended, firstRequest: () => server.attempts.length > before };
}

/** Somewhere between its first request and its end; sometimes before. */
async function killSometime({ child, ended, firstRequest }: Life): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const early = random() < 0.1;
  for (let waited = 0; !over && !firstRequest() && waited < 30_000 && !early; waited += 5) await delay(5);
  await delay(random() * (early ? 400 : 900));
  if (over) return false;
  child.kill("SIGKILL");
  await ended;
  return true;
}

function journalIds(file: string): string[] {
  const sql = openSqlite(`${file}.journal`, { readOnly: true });
  const rows = sql.prepare("SELECT contact_id AS id FROM rows WHERE state = 'done'").all() as { id: string }[];
  sql.close();
  return rows.map(({ id }) => id);
}

async function refusedLines(file: string): Promise<number[]> {
  const rows = await openRows(file.replace(/\.csv$/, ".refused.csv"));
  const column = rows.columns.indexOf("line");
  const lines: number[] = [];
  for await (const { cells } of rows.rows()) lines.push(Number(cells[column]));
  return lines;
}

function turnSomeDown(source: Source, server: ImportServer): void {
  for (const id of source.expected.keys()) {
    if (random() < 0.03) server.refuse.add(id);
    else if (random() < 0.01) server.poison.add(id);
  }
}

const totals = { campaigns: 0, kills: 0, lives: 0, rows: 0, requests: 0, answersLost: 0, openOnResume: 0 };
const violations: string[] = [];

/** One file, from its first line to its end, however often it is killed. */
async function runCampaign(killsLeft: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-torture-import-"));
  const server = await startImportServer({ share: 0.12, maxLagMs: 60, random });
  try {
    const addsTags = random() < 0.5;
    const source = drawSource(rowsInFile, random, addsTags);
    turnSomeDown(source, server);
    const file = join(folder, "contacts.csv");
    writeFileSync(file, source.text);
    const args = addsTags ? ["--tags", "add"] : [];
    let killed = 0;
    for (let life = 1; ; life++) {
      if (life > maxLives) throw new Error("the import does not come to its end");
      server.setLife(life);
      totals.lives += 1;
      const running = startLife(file, folder, server, args);
      if (killed < killsLeft && (await killSometime(running))) {
        killed += 1;
        continue;
      }
      const { code, output } = await running.ended;
      if (code !== 0 && code !== 3) throw new Error(`the import ended with ${code}:\n${output.slice(-2000)}`);
      const done = JSON.parse(output.trim().split("\n").at(-1) ?? "") as DoneLine;
      const lines = done.refused > 0 ? await refusedLines(file) : [];
      violations.push(...judgeImport({ source, server, done, refusedLines: lines, journalIds: journalIds(file) }));
      if (readFileSync(`${file}.journal`).includes("onsync_pk_test_torture"))
        violations.push("the journal has the key");
      totals.answersLost += done.lost;
      totals.rows += done.rows;
      totals.requests += server.attempts.length;
      break;
    }
    totals.campaigns += 1;
    totals.kills += killed;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const started = Date.now();
while (totals.kills < kills && violations.length === 0) {
  const before = totals.kills;
  await runCampaign(Math.min(kills - totals.kills, 12));
  console.error(`${totals.kills} kills, ${totals.campaigns} files`);
  if (totals.kills === before && totals.campaigns > kills) throw new Error("no import lives long enough to be killed");
}
console.log(
  JSON.stringify({
    engine: "import",
    seed: values.seed,
    ...totals,
    violations: violations.length,
    seconds: Math.round((Date.now() - started) / 1000),
  }),
);
for (const violation of violations.slice(0, 20)) console.error(violation);
process.exitCode = violations.length === 0 ? 0 : 1;
