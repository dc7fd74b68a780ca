/**
 * Every command of the documents is run as it stands, in the order in which it stands there, and prints what the document
 * says. Only what a reader fills in is filled in: keys, ids, where the clone is, and ports, which are free ones here.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { isPrinted, readConfigurations, readMentions, readSteps, type Step } from "../../testing/documents/fences.ts";
import { createSandbox, type Sandbox } from "../../testing/documents/sandbox.ts";
import { maxCommandMs, type Outcome, type Terminal } from "../../testing/documents/terminal.ts";
import { type PostgresServer, skipped as postgresSkipped, startPostgres } from "../../testing/postgres-server.ts";
import { skipped as redisSkipped } from "../../testing/redis-server.ts";
import { onsync } from "../cli/command.ts";

const root = join(import.meta.dirname, "../..");

function read(document: string): string {
  return readFileSync(join(root, document), "utf8");
}

let sandbox: Sandbox;
let terminal: Terminal | undefined;
let postgres: PostgresServer | undefined;

/** The Postgres of whoever reads, as the documents have it. */
const postgresPlace = "me@db.example:5432/warehouse";
const warehouse = "warehouse";

/** What earlier commands have printed. */
type Told = { eventId?: string; controlToken?: string };

/** What a reader puts in the place of these. */
function fillIn(text: string, { eventId, controlToken }: Told = {}): string {
  const values: Record<string, string | undefined> = {
    "onsync_pk_live_…": "onsync_pk_test_demo",
    "${input:onsync-key}": "onsync_pk_test_demo",
    "${env:ONSYNC_API_KEY}": "onsync_pk_test_demo",
    "/path/to/this/clone": sandbox.folder,
    "/path/to/the/key": join(sandbox.folder, "the.key"),
    evt_01JGDQ7W3N: eventId,
    "onsync_control_…": controlToken,
    [postgresPlace]: postgres && `${postgres.user}@127.0.0.1:${postgres.port}/${warehouse}`,
    "the-password": postgres?.password,
  };
  let filled = text;
  for (const [placeholder, value] of Object.entries(values)) if (value) filled = filled.replaceAll(placeholder, value);
  return filled;
}

/** Runs it again until it printed all that, or until time is up. */
async function runUntilPrinted(prints: readonly string[], look: () => Promise<Outcome>): Promise<Outcome> {
  const end = Date.now() + maxCommandMs;
  for (;;) {
    const outcome = await look();
    if (prints.every((part) => isPrinted(outcome.output, part)) || Date.now() > end) return outcome;
  }
}

async function runStep(at: Terminal, { kind, commands, prints }: Step): Promise<Outcome> {
  switch (kind) {
    case "runs":
      return at.run(commands);
    case "fails": {
      const { code, output } = await at.run(commands);
      return { code: code === 0 ? 1 : 0, output };
    }
    case "looks":
      return runUntilPrinted(prints.map(at.local), () => at.run(commands));
    case "starts":
    case "starts first":
      return { code: 0, output: await at.start(commands, prints, kind === "starts first") };
    case "setup":
    case "measures": {
      // What a clone needs is what the checks of a clean one begin with; what measures, they run with small figures.
      const checks = readFileSync(join(root, ".ci/run"), "utf8");
      return {
        code: checks.includes(kind === "setup" ? commands : "npm run --silent bench -- --small") ? 0 : 1,
        output: "",
      };
    }
  }
}

/** What a command of ours or Zapier's says of itself. */
async function readHelp(program: string, names: string[]): Promise<Outcome> {
  if (program !== "onsync")
    return (terminal as Terminal).run(`${process.execPath} node_modules/.bin/zapier-platform help ${names.join(" ")}`);
  const { code, stdout, stderr } = await onsync([...names, "--help"]);
  return { code, output: stdout + stderr };
}

/** The options of a command that its help does not offer, or what the help says where there is no such command. */
async function findUnknownOptions(command: string): Promise<string[]> {
  const [program = "", ...words] = command.split(" ");
  const names = words.slice(0, words.findIndex((word) => !/^[a-z]+$/.test(word)) >>> 0);
  const { code, output } = await readHelp(program, names);
  if (code !== 0) return [output];
  return words.filter((word) => word.startsWith("--") && !output.includes(word));
}

const manifest = JSON.parse(read("package.json")) as Record<"scripts" | "devDependencies", Record<string, string>>;
/** What is installed by whoever wants it. */
const tools = (JSON.parse(read("test/tools/package.json")) as { dependencies: Record<string, string> }).dependencies;
const npmCommands = ["audit", "ci", "publish", "pack", "sbom", "start", "test"];

/** What is wrong with a command that a document mentions. */
async function findMistakes(mention: string): Promise<string[]> {
  const [program, first = "", second = ""] = mention.split(" ");
  if (mention.includes(" && ")) return (await Promise.all(mention.split(" && ").map(findMistakes))).flat();
  if (program === "onsync") return findUnknownOptions(mention);
  // Most of what Zapier's command does needs an account: there is at least such a command.
  if (program === "npx" && ["onsync", "zapier-platform"].includes(first)) return findUnknownOptions(mention.slice(4));
  if (mention.startsWith("npx -y onsync-mcp")) return [];
  if (program === "npx" && first in tools) return [];
  if (program === "npx") return existsSync(join(root, "node_modules/.bin", first)) ? [] : [`no ${first} to run by npx`];
  if (program === "node") return first.startsWith("-") || existsSync(join(root, first)) ? [] : [`no file ${first}`];
  const ours = /^npm run --silent onsync -- (.+)$/.exec(mention)?.[1];
  if (ours) return findUnknownOptions(`onsync ${ours}`);
  // Blocks that are run add servers to a host; a package as a file is one that the reader has built.
  if (mention.startsWith("claude mcp add ") || /^npm install \S+\.tgz$/.test(mention)) return [];
  if (mention.startsWith("npm install ")) return second in manifest.devDependencies ? [] : [`${second} is not tried`];
  if (program === "npm" && first === "run") return second in manifest.scripts ? [] : [`no script ${second}`];
  if (program === "npm") return npmCommands.includes(first) ? [] : [`no npm ${first}`];
  return [`${program} is not known here`];
}

/** Why a step cannot be run on this machine; `null`: it can. */
function whySkipped({ commands }: Step): string | null {
  if (commands.includes("redis")) return redisSkipped;
  return commands.includes("postgres://") ? postgresSkipped : null;
}

/** Tests of these documents, which are independent of each other. */
export function describeDocuments(documents: readonly string[]): void {
  beforeAll(async () => {
    sandbox = await createSandbox();
    if (postgresSkipped !== null || !documents.some((document) => read(document).includes(postgresPlace))) return;
    postgres = await startPostgres();
    await postgres.createDatabase(warehouse);
  }, maxCommandMs);
  afterEach(() => terminal?.close());
  afterAll(async () => {
    sandbox.remove();
    await postgres?.close();
  });

  describe.each(documents)("%s", (document) => {
    test("what it names and links to is there", () => {
      const text = read(document);
      const tests = [...text.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, path]) => join(root, path as string));
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) =>
        join(root, dirname(document), path as string),
      );
      expect([...tests, ...links].filter((path) => !existsSync(path))).toEqual([]);
    });

    test(
      "every command that it mentions is one",
      async () => {
        terminal = await sandbox.open("");
        const wrong: string[] = [];
        for (const mention of new Set(readMentions(read(document)))) {
          for (const found of await findMistakes(mention)) wrong.push(`${mention}: ${found}`);
        }
        expect(wrong).toEqual([]);
      },
      3 * maxCommandMs,
    );
  });

  const withSteps = documents.filter((document) => readSteps(read(document)).length > 0);
  describe.each(withSteps)("%s", (document) => {
    test(
      "every command does what it says",
      async () => {
        const at = await sandbox.open(read(document));
        terminal = at;
        const told: Told = {};
        for (const step of readSteps(read(document))) {
          const where = `${document}:${step.line}`;
          const skipped = whySkipped(step);
          if (skipped !== null) {
            process.stderr.write(`${where} ${skipped}\n`);
            continue;
          }
          const { code, output } = await runStep(at, { ...step, commands: fillIn(step.commands, told) });
          expect({ where, code, output }).toEqual({ where, code: 0, output });
          for (const part of step.prints) {
            const found = { where, part, output, printed: isPrinted(output, at.local(part)) };
            expect(found).toEqual({ ...found, printed: true });
          }
          told.eventId = /\bevt_[0-9A-Z]{26}\b/.exec(output)?.[0] ?? told.eventId;
          told.controlToken = /\bonsync_control_[0-9A-Za-z]{32}\b/.exec(output)?.[0] ?? told.controlToken;
        }
      },
      4 * maxCommandMs,
    );
  });

  const withConfigurations = documents.filter((document) => readConfigurations(read(document)).length > 0);
  describe.each(withConfigurations)("%s", (document) => {
    test(
      "every configuration starts a server that lists its tools",
      async () => {
        terminal = await sandbox.open("");
        writeFileSync(join(sandbox.folder, "the.key"), "onsync_pk_test_demo\n", { mode: 0o600 });
        for (const { line, command, args, env } of readConfigurations(read(document))) {
          const variables = Object.entries(env).map(([name, value]) => `--env '${name}=${value}'`);
          const commandLine = `claude mcp add onsync ${variables.join(" ")} -- ${[command, ...args].join(" ")}`;
          const { code, output } = await terminal.run(fillIn(commandLine));
          const where = `${document}:${line}`;
          expect({ where, code, output }).toEqual({ where, code: 0, output: expect.stringMatching(/connected/i) });
        }
      },
      2 * maxCommandMs,
    );
  });
}
