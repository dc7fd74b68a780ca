/**
 * Every command of the documents is run as it stands, in the order in which it stands there, and prints what the document
 * says. Only ports are others: what the document has on 4000, 4010 or 4020 takes a free one.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { exportsOf, printed, type Step, stepsOf } from "./fences.ts";

const root = join(import.meta.dirname, "../..");
const documents = [
  "README.md",
  "docs/getting-started.md",
  "docs/security.md",
  "docs/zapier.md",
  "docs/mcp.md",
  "docs/events.md",
];

/** What a command may take: those that drive npm, npx and node one after the other, on a machine with other work. */
const boundMs = 60_000;

let folder: string;
const started: ChildProcess[] = [];

/** Claude Code is not a part of this project: in its place stands what it does first, which is to ask the address. */
const claude = `#!/usr/bin/env bash
set -euo pipefail
[ "$1 $2 $3 $4 $5" = "mcp add --transport http onsync" ]
curl -fsS -X POST "$6" -H "Content-Type: application/json" -H "Accept: application/json, text/event-stream" \\
  -d '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"documents","version":"1"}}}' | grep -q '"serverInfo"'
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-documents-"));
  writeFileSync(join(folder, "claude"), claude);
  chmodSync(join(folder, "claude"), 0o755);
});
afterEach(async () => {
  for (const child of [...started]) {
    const ended = once(child, "close");
    // npm passes the signal on to nobody: its whole group is asked.
    process.kill(-(child.pid as number), "SIGTERM");
    await ended;
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** No key and no address of the person who runs the suite. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ONSYNC_"))),
  PATH: [folder, process.env.PATH].join(delimiter),
  TMPDIR: folder,
  NO_UPDATE_NOTIFIER: "1",
});

type Outcome = { code: number; output: string };
const run = (commands: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      "bash",
      ["-euo", "pipefail", "-c", commands],
      { cwd: root, env: environment(), timeout: boundMs, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) =>
        resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, output: stdout + stderr }),
    );
    child.stdin?.end();
  });

/**
 * Starts it on a free port, and waits for what the document says it prints.
 * @returns its output, and the address it printed
 */
const start = (commands: string, prints: readonly string[]): Promise<{ output: string; origin: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn("bash", ["-euo", "pipefail", "-c", `${commands} --port 0`], {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    started.push(child);
    let output = "";
    const late = setTimeout(() => reject(new Error(`not ready after ${boundMs} ms:\n${output}`)), boundMs);
    const take = (text: string): void => {
      output += text;
      const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (origin === undefined || !prints.every((part) => printed(output, part.replaceAll(documented, origin)))) return;
      clearTimeout(late);
      resolve({ output, origin });
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.once("close", (code) => {
      started.splice(started.indexOf(child), 1);
      clearTimeout(late);
      reject(new Error(`ended with ${code}:\n${output}`));
    });
  });

const documented = /http:\/\/127\.0\.0\.1:40[0-9]0/g;

/**
 * `npm start` takes options after `--`; the command itself takes them as they are. What `npm ci` installs is there
 * already: it is what the suite runs with.
 */
const withOptions = (commands: string): string =>
  commands.replace(/^npm ci && /, "").replace(/^npm start$/, "npm start --");

/** The options of an `onsync` command that its help does not offer, or its name where there is no such command. */
const unknownOptions = async (line: string): Promise<string[]> => {
  // What `claude mcp add` is to start stands behind its `--`; the rest of that line is Claude Code's own.
  const ours = line.startsWith("claude ") ? (line.split(" -- ")[1] ?? "") : line.replace(/ #.*$/, "");
  const words = /\bonsync(?:-mcp)? (.*)$/.exec(ours.replace("onsync-mcp ", "onsync mcp "))?.[1]?.split(/\s+/);
  if (!words) return [];
  const names = words.slice(0, words.findIndex((word) => !/^[a-z]+$/.test(word)) >>> 0);
  const { code, output } = await run(`${process.execPath} cli/onsync.ts ${names.join(" ")} --help`);
  if (code !== 0) return [`onsync ${names.join(" ")}: ${output}`];
  return words.filter((word) => word.startsWith("--") && !output.includes(word));
};

describe.each(documents)("%s", (document) => {
  test("what it names and links to is there", () => {
    const text = readFileSync(join(root, document), "utf8");
    const tests = [...text.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, path]) => join(root, path as string));
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) =>
      join(root, dirname(document), path as string),
    );
    expect([...tests, ...links].filter((path) => !existsSync(path))).toEqual([]);
  });

  test(
    "every command does what it says",
    async () => {
      const steps = stepsOf(readFileSync(join(root, document), "utf8"));
      expect(steps).not.toEqual([]);
      let exported = "";
      let here: string | undefined;
      const local = (text: string): string => (here === undefined ? text : text.replaceAll(documented, here));

      const perform: Record<Step["kind"], (step: Step) => Promise<Outcome>> = {
        setup: async ({ commands }) => {
          // What a clone needs is what the checks of a clean one begin with.
          const checks = readFileSync(join(root, ".ci/run"), "utf8");
          return { code: checks.includes(commands) ? 0 : 1, output: "" };
        },
        shown: async ({ commands }) => {
          const unknown = (await Promise.all(commands.split("\n").map(unknownOptions))).flat();
          return { code: unknown.length === 0 ? 0 : 1, output: unknown.join("\n") };
        },
        starts: async ({ commands, prints }) => {
          const { output, origin } = await start(withOptions(commands), prints);
          here = origin;
          return { code: 0, output };
        },
        runs: ({ commands }) => run(`${exported}\n${local(commands)}`),
        fails: async ({ commands }) => {
          const { code, output } = await run(`${exported}\n${local(commands)}`);
          return { code: code === 0 ? 1 : 0, output };
        },
      };

      for (const step of steps) {
        const where = `${document}:${step.line}`;
        const { code, output } = await perform[step.kind](step);
        expect({ where, code, output }).toEqual({ where, code: 0, output });
        for (const part of step.prints) {
          expect({ where, part, output, printed: printed(output, local(part)) }).toEqual({
            where,
            part,
            output,
            printed: true,
          });
        }
        exported += `\n${local(exportsOf(step.commands))}`;
      }
    },
    3 * boundMs,
  );
});
