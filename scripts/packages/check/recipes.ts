/** The examples and the READMEs, run on the installed packages: each server is sent what OnSync would send, and what it would not. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { findFreePort } from "../../../testing/network/free-port.ts";
import { root } from "../table.ts";
import { run, type Workshop } from "./workshop.ts";

export type Surroundings = { workshop: Workshop; environment: NodeJS.ProcessEnv };

const secret = "a-secret-of-the-check";

/** An event as docs/onsync-api.txt shows it, and its signature as that page says to compute it. */
export function createDelivery(): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify({
    id: "evt_1",
    type: "message.created",
    createdAt: "2026-05-01T08:00:00.000Z",
    orgId: "org_1",
    data: {
      id: "msg_1",
      conversationId: "whatsapp:+971500000000",
      platform: "whatsapp",
      direction: "inbound",
      type: "text",
      content: "Where is my order? ✅",
      createdAt: "2026-05-01T08:00:00.000Z",
    },
  });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return { body, headers: { "Content-Type": "application/json", "X-OnSync-Signature": `sha256=${signature}` } };
}

type Answer = (body: string, headers: Record<string, string>) => Promise<number>;

/** @throws Error where what is right is not taken, or what is wrong is */
async function judge(answer: Answer): Promise<void> {
  const { body, headers } = createDelivery();
  const taken = await answer(body, headers);
  if (taken !== 200) throw new Error(`a delivery that is right was answered with ${taken}`);
  const changed = await answer(body.replace("evt_1", "evt_2"), headers);
  if (changed !== 401) throw new Error(`a delivery that was changed was answered with ${changed}`);
}

/** Waits for a server to say that it listens. @throws Error with what it said when it ends instead */
export async function waitForLine(child: ChildProcess, wanted: string): Promise<void> {
  let said = "";
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (line.includes(wanted)) return;
    said += `${line}\n`;
  }
  throw new Error(`it ended before it said "${wanted}":\n${said}`);
}

/** Starts a program that listens on PORT, and asks it. */
async function withServer(
  { workshop, environment }: Surroundings,
  [program, ...args]: readonly [string, ...string[]],
  ask: (url: string) => Promise<void>,
): Promise<void> {
  const port = String(await findFreePort());
  const env = { ...environment, PORT: port, ONSYNC_WEBHOOK_SECRET: secret };
  const child = spawn(program, args, { cwd: workshop.folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  try {
    await waitForLine(child, "listening");
    child.stdout?.resume();
    await ask(`http://127.0.0.1:${port}`);
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

function post(url: string): Answer {
  return async (body, headers) => (await fetch(url, { method: "POST", body, headers })).status;
}

/** Asks a function that takes a Request or what Lambda makes of one, in a process of that Node. */
function askHandler({ workshop, environment }: Surroundings, node: string, file: string, call: string): Answer {
  const module = pathToFileURL(join(workshop.folder, "examples", file)).href;
  return async (body, headers) => {
    const input = JSON.stringify({ body, headers });
    const code = `import * as module from ${JSON.stringify(module)};
const { body, headers } = ${input};
console.log("status", ${call});`;
    const env = { ...environment, ONSYNC_WEBHOOK_SECRET: secret };
    const said = await run(node, ["--input-type=module", "-e", code], { cwd: workshop.folder, env });
    return Number(/^status (\d+)$/m.exec(said)?.[1]);
  };
}

const lambdaEvent = `{
  body: Buffer.from(body).toString("base64"),
  isBase64Encoded: true,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
}`;
const nextRequest = `new Request("https://example.com/webhooks", { method: "POST", body, headers })`;

/** The examples by name, each on one Node (or Bun). */
export function listExamples(surroundings: Surroundings, node: string): Record<string, () => Promise<void>> {
  const { folder, find } = surroundings.workshop;
  const listen = (file: string) => () =>
    withServer(surroundings, [node, join("examples", file)], (url) => judge(post(`${url}/webhooks`)));
  const { environment: env } = surroundings;
  return {
    express: listen("express.mjs"),
    fastify: listen("fastify.mjs"),
    hono: listen("hono.mjs"),
    "next-route": () =>
      judge(askHandler(surroundings, node, "next-route.mjs", `(await module.POST(${nextRequest})).status`)),
    lambda: () =>
      judge(askHandler(surroundings, node, "lambda.mjs", `(await module.handler(${lambdaEvent})).statusCode`)),
    commonjs: async () => {
      const said = await run(node, ["examples/commonjs.cjs"], { cwd: folder, env });
      if (!said.includes("saved +971500000000")) throw new Error(`it said ${said}`);
    },
    vitest: async () => {
      await run(node, [find("vitest"), "run", "--dir", "examples/vitest"], { cwd: folder, env });
    },
    jest: async () => {
      const options = ["--rootDir", "examples/jest", "--testMatch", "**/*.test.mjs", "--transform", "{}"];
      await run(node, ["--experimental-vm-modules", join(folder, "node_modules/jest/bin/jest.js"), ...options], {
        cwd: folder,
        env,
      });
    },
  };
}

/** The example for workers, as one module on Cloudflare's own runtime, without its compatibility with Node. */
export async function checkWorker(surroundings: Surroundings): Promise<void> {
  const { workshop, environment } = surroundings;
  const bundle = join(workshop.folder, "worker.bundle.mjs");
  await run(
    workshop.find("esbuild"),
    ["examples/worker.mjs", "--bundle", "--format=esm", "--external:undici", `--outfile=${bundle}`],
    { cwd: workshop.folder },
  );
  const port = await findFreePort();
  const text = (name: string, value = "") => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`;
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.bundle.mjs")],
      compatibilityDate = "2026-01-01",
      bindings = [${[
        text("ONSYNC_WEBHOOK_SECRET", secret),
        text("ONSYNC_API_KEY", environment.ONSYNC_API_KEY),
        text("ONSYNC_BASE_URL", environment.ONSYNC_BASE_URL),
      ].join(", ")}],
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;
  writeFileSync(join(workshop.folder, "config.capnp"), config);
  const args = ["serve", "config.capnp", "--control-fd=1"];
  const child = spawn(workshop.find("workerd"), args, { cwd: workshop.folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  try {
    await waitForLine(child, "listen");
    await judge(post(`http://127.0.0.1:${port}/webhooks`));
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

/** The first program of each README, run as it stands. */
export async function checkReadme(surroundings: Surroundings, name: string, node: string): Promise<void> {
  const { workshop, environment } = surroundings;
  const text = readFileSync(join(root, "packages", `${name}.md`), "utf8");
  const folder = join(workshop.folder, `readme-${name}-${Math.random().toString(36).slice(2)}`);
  mkdirSync(folder);
  const shell = /^```sh runs\n(.*?)^```$/ms.exec(text)?.[1];
  if (shell !== undefined) {
    const env = { ...environment, PATH: `${join(node, "..")}:${workshop.find("")}:${environment.PATH}` };
    await run("bash", ["-euo", "pipefail", "-c", shell], { cwd: folder, env });
    return;
  }
  for (const [, program = ""] of text.matchAll(/^```js\n(.*?)^```$/gms)) {
    const file = join(folder, "program.mjs");
    writeFileSync(file, program);
    const here: Surroundings = { workshop: { ...workshop, folder }, environment };
    if (program.includes("listening")) await withServer(here, [node, file], async (url) => void (await fetch(url)));
    else await run(node, [file], { cwd: folder, env: { ...environment, ONSYNC_WEBHOOK_SECRET: secret } });
  }
}
