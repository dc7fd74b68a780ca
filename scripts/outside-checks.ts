/**
 * Checks that drive the project from outside, as its users do: the documentation's own curl commands against
 * `npm start`, the main path by `onsync call` and by an MCP client, Zapier's validation, and the package's exports. Each prints one line; any that fails makes the exit code 1.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findTool } from "./tools.ts";

const root = join(import.meta.dirname, "..");
const node = process.execPath;

function findBinary(name: string): string {
  return join(root, "node_modules/.bin", name);
}

const onsync = [node, join(root, "cli/onsync.ts")] as const;

type Result = { code: number; stdout: string; stderr: string };

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        cwd: root,
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", ...env },
        maxBuffer: 2 ** 26,
        timeout: 120_000,
      },
      (error, stdout, stderr) =>
        resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, stdout, stderr }),
    );
  });
}

function ensure(condition: unknown, message: string): void {
  if (!condition) throw new Error(message);
}

function requireSuccess({ code, stdout, stderr }: Result, what: string): string {
  ensure(code === 0, `${what} exited with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

type Ready = { url: string; key: string; child: ChildProcess };

/** Starts an `onsync` command on a free port and waits for its ready line. */
async function start(args: readonly string[]): Promise<Ready> {
  const child = spawn(onsync[0], [onsync[1], ...args, "--port", "0", "--json"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return { ...(JSON.parse(line) as { url: string; key: string }), child };
  throw new Error(`onsync ${args.join(" ")} ended without a ready line`);
}

async function stop({ child }: Ready): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = await exited;
  ensure(code === 0, `exit code ${code} after SIGTERM`);
}

/** The two commands of docs/onsync-api.txt, verbatim. */
const documentedCommands = [
  `curl -X POST https://api.onsync.com/v1/contacts \\
-H "Authorization: Bearer $ONSYNC_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"firstName": "Sara",
"lastName": "Hussein",
"phone": "+971500000000",
"email": "sara@example.com",
"tags": ["lead", "expo"],
"channel": "instagram",
"properties": {
"source": "Expo booth",
"language": "en",
"externalId": "crm_8740"
}
}'`,
  `curl -X POST https://api.onsync.com/v1/messaging/send \\
-H "Authorization: Bearer $ONSYNC_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"platform": "whatsapp",
"to": "+971500000000",
"messageType": "text",
"content": "Welcome to OnSync. Reply STOP to unsubscribe.",
"metadata": {
"source": "api",
"campaign": "expo-follow-up"
}
}'`,
];

const saraByHand = { firstName: "Sara", phone: "+971500000000", tags: ["lead"] };
const template = { to: "+971500000000", template: "order_follow_up", language: "en", parameters: ["Sara"] };
const history = { conversationId: "whatsapp:+971500000000" };

const checks: Record<string, () => Promise<void>> = {
  "the documentation's curl commands against onsync start": async () => {
    const ready = await start(["start"]);
    try {
      const api = new URL("/v1", ready.url).href;
      for (const curl of documentedCommands) {
        const command = curl
          .replace("https://api.onsync.com/v1", api)
          .replace("curl ", "curl -sS -w '\\n%{http_code}' ");
        const [status, ...body] = requireSuccess(await run("bash", ["-c", command], { ONSYNC_KEY: ready.key }), "curl")
          .split("\n")
          .reverse();
        ensure(/^2\d\d$/.test(status ?? ""), `${status}: ${body.join("")}`);
        const answer = JSON.parse(body.reverse().join("\n")) as Record<string, unknown>;
        ensure(/^req_/.test(String(answer.requestId)), "no requestId");
        ensure(!Number.isNaN(Date.parse(String(answer.timestamp))), "no timestamp");
      }
    } finally {
      await stop(ready);
    }
  },

  "save_contact, send_template, list_messages by onsync call": async () => {
    const ready = await start(["reference"]);
    try {
      const env = { ONSYNC_API_KEY: ready.key, ONSYNC_BASE_URL: ready.url };
      const call = async (operation: string, input: unknown) =>
        JSON.parse(
          requireSuccess(await run(onsync[0], [onsync[1], "call", operation, JSON.stringify(input)], env), operation),
        );
      ensure((await call("save_contact", saraByHand)).created === true, "the contact was not created");
      const sent = await call("send_template", template);
      ensure((await call("list_messages", history)).data[0].id === sent.id, "the template is not in the history");
    } finally {
      await stop(ready);
    }
  },

  "the same by the MCP inspector over stdio, strict": async () => {
    const ready = await start(["reference"]);
    try {
      const inspect = async (...args: string[]) =>
        run(findTool(".bin/mcp-inspector"), [
          "--cli",
          "-e",
          `ONSYNC_API_KEY=${ready.key}`,
          "-e",
          `ONSYNC_BASE_URL=${ready.url}`,
          ...args,
          "--",
          ...onsync,
          "mcp",
        ]);
      const listed = await inspect("--method", "tools/list", "--strict");
      requireSuccess(listed, "tools/list --strict");
      const call = async (name: string, input: Record<string, unknown>) => {
        const pairs = Object.entries(input).map(
          ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
        );
        const answer = JSON.parse(
          requireSuccess(await inspect("--method", "tools/call", "--tool-name", name, "--tool-arg", ...pairs), name),
        );
        ensure(!answer.isError, JSON.stringify(answer));
        return answer.structuredContent;
      };
      await call("save_contact", saraByHand);
      const sent = await call("send_template", template);
      ensure((await call("list_messages", history)).data[0].id === sent.id, "the template is not in the history");
    } finally {
      await stop(ready);
    }
  },

  "zapier-platform validate --without-style": async () => {
    requireSuccess(
      await run(findBinary("zapier-platform"), ["validate", "--without-style"]),
      "zapier-platform validate",
    );
  },

  "npx onsync, from the clone": async () => {
    const version = requireSuccess(await run("npx", ["onsync", "--version"]), "npx onsync --version").trim();
    ensure(/^\d+\.\d+\.\d+$/.test(version), `it printed ${version}`);
  },

  "publint on the package": async () => {
    requireSuccess(await run(findTool(".bin/publint"), ["--strict"]), "publint");
  },

  "every export of the built package loads by its name": async () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      name: string;
      exports: Record<string, unknown>;
    };
    createRequire(join(root, "package.json")).resolve(`${manifest.name}/package.json`);
    for (const entry of Object.keys(manifest.exports).filter((name) => !name.endsWith(".json"))) {
      const specifier = manifest.name + entry.slice(1);
      requireSuccess(
        await run(node, ["--input-type=module", "-e", `await import(${JSON.stringify(specifier)})`]),
        specifier,
      );
    }
  },
};

for (const [name, check] of Object.entries(checks)) {
  const started = performance.now();
  try {
    await check();
    console.log(`ok      ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(`not ok  ${name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
