/** The command as its users start it: a process, with its outputs, its signals and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { transcribe } from "../../testing/transcript.ts";

const script = join(import.meta.dirname, "../../cli/onsync.ts");
const key = "onsync_pk_test_of_the_processes";

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** Variables of whoever runs the tests must not reach the command. */
const cleanEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ONSYNC_|npm_|NODE_OPTIONS)/.test(name)),
);

function spawned(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, { env: { ...cleanEnv, ...env } });
  running.add(child);
  transcribe(child);
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text) => (written[name] += text));
  }
  // Not "exit": the outputs must have ended as well.
  const ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return { code: code as number | null, signal: signal as string | null, ...written };
  });
  /** What the pattern finds on an output, once it is there. */
  const seen = (name: "stdout" | "stderr", pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(written[name])?.[0];
        if (found !== undefined) resolve(found);
      };
      child[name].on("data", look);
      look();
      ended.then(({ stderr }) => reject(new Error(`${pattern} never came; stderr: ${stderr}`)));
    });
  const firstLine = () => seen("stdout", /^.*(?=\n)/);
  return { child, ended, seen, firstLine };
}

function onsync(args: readonly string[], env: Record<string, string> = {}) {
  return spawned(process.execPath, [script, ...args], env);
}

describe("onsync reference --json", () => {
  test("prints one line when it is ready, answers call and doctor, and drains at SIGTERM", async () => {
    const reference = onsync(["reference", "--port", "0", "--json", "--key", key]);
    const ready = JSON.parse(await reference.firstLine());
    expect(ready).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/), key });

    const env = { ONSYNC_BASE_URL: ready.url, ONSYNC_API_KEY: key, ONSYNC_LOG_LEVEL: "debug" };
    const { code, stdout, stderr } = await onsync(["call", "save_contact", '{"email":"sara@example.com"}'], env).ended;
    expect(JSON.parse(stdout)).toMatchObject({ email: "sara@example.com", created: true });
    expect({ code, log: JSON.parse(stderr) }).toMatchObject({
      code: 0,
      log: { method: "POST", path: "/contacts", status: 201 },
    });
    expect(stderr).not.toContain(key);

    reference.child.kill("SIGTERM");
    const end = await reference.ended;
    expect(end).toMatchObject({ code: 0, signal: null, stdout: `${JSON.stringify(ready)}\n` });
    expect(end.stderr).not.toContain(key);
  });

  test("the second signal ends it at once, though a request is held back", async () => {
    const reference = onsync(["reference", "--port", "0", "--json", "--control", "--key", key]);
    const { url, controlToken } = JSON.parse(await reference.firstLine());
    const { origin, port } = new URL(url);
    await fetch(`${origin}/_control/faults`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${controlToken}` },
      body: JSON.stringify({ path: "/v1/me", latencyMs: 60_000 }),
    });
    // Held back for a minute, which keeps the draining from its end.
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    await reference.seen("stderr", /"\/v1\/me"/);

    reference.child.kill("SIGINT");
    await reference.seen("stderr", /Stopping/);
    reference.child.kill("SIGINT");
    expect(await reference.ended).toMatchObject({ code: 130, signal: null });
    socket.destroy();
  });

  test("--carrier says what becomes of messages that are sent", async () => {
    const reference = onsync(["reference", "--port", "0", "--json", "--control", "--carrier", "fails"]);
    const { url, controlToken } = JSON.parse(await reference.firstLine());
    const { origin } = new URL(url);
    const answer = await fetch(`${origin}/_control/carrier`, { headers: { authorization: `Bearer ${controlToken}` } });
    expect(await answer.json()).toMatchObject({ mode: "fails" });
  });

  test("under npm it drains as well: a signal to npm ends the shell between them alone", async () => {
    const shell = spawned("/bin/sh", ["-c", `"${process.execPath}" "${script}" reference --port 0 --json; true`], {
      npm_lifecycle_event: "start",
    });
    await shell.firstLine();
    shell.child.kill("SIGTERM");
    // The outputs end with the last process that holds them: the command itself.
    expect(await shell.ended).toMatchObject({ signal: "SIGTERM", stderr: expect.stringContaining("Stopping") });
  });

  test("a port that is taken is said in words, with exit code 1", async () => {
    const first = onsync(["reference", "--port", "0", "--json"]);
    const { port } = new URL(JSON.parse(await first.firstLine()).url);
    const { code, stdout, stderr } = await onsync(["reference", "--port", port]).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `error: Port ${port} is in use already: stop what listens there, or choose another with --port (0 takes a free one).\n`,
    );
    first.child.kill();
    expect((await first.ended).code).toBe(0);
  });
});

describe("onsync start", () => {
  test("without --json tells a person what is where; Ctrl-C drains it", async () => {
    const started = onsync(["start", "--port", "0"]);
    expect(await started.firstLine()).toMatch(/^OnSync is running on the embedded reference API/);
    started.child.kill("SIGINT");
    const { code, stdout, stderr } = await started.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const origin = /Console +(http:\/\/127\.0\.0\.1:\d+)\//.exec(stdout)?.[1];
    for (const path of ["/v1", "/mcp", "/hooks"]) expect(stdout).toContain(`${origin}${path}`);
  });
});

describe("onsync mcp", () => {
  const env = { ONSYNC_API_KEY: key, ONSYNC_BASE_URL: "http://127.0.0.1:9/v1" };
  const messages = [
    {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
    },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 2, method: "tools/list" },
  ];

  test("speaks nothing but the protocol on stdout, ends with stdin, and loads neither server nor reference", async () => {
    const spy = `import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ resolve: (specifier, context, next) => { const found = next(specifier, context); loaded.push(found.url); return found; } });
      process.on("exit", () => process.stderr.write(loaded.join("\\n")));`;
    const mcp = spawned(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(spy)}`, script, "mcp", "--read-only"],
      env,
    );
    mcp.child.stdin?.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
    const { code, stdout, stderr } = await mcp.ended;
    expect(code).toBe(0);
    const answers = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers.map(({ jsonrpc, id }) => [jsonrpc, id])).toEqual([
      ["2.0", 1],
      ["2.0", 2],
    ]);
    const names = answers[1].result.tools.map(({ name }: { name: string }) => name);
    expect(names).toContain("list_messages");
    expect(names).not.toContain("send_message");
    expect(stderr).toContain("/mcp/stdio.ts");
    expect(stderr).not.toMatch(/node_modules\/(hono|@hono)|(?<!\/cli)\/reference\/|node:sqlite/);
  });

  test("--http serves /mcp to those who show the token, and drains at SIGTERM", async () => {
    const mcp = onsync(["mcp", "--http", "--port", "0", "--json"], { ...env, ONSYNC_MCP_TOKEN: "t0ken" });
    const { ready, url } = JSON.parse(await mcp.firstLine());
    expect({ ready, url }).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/) });
    const list = (headers: Record<string, string>) =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
        body: JSON.stringify(messages[2]),
      });
    expect((await list({})).status).toBe(401);
    expect((await list({ authorization: "Bearer t0ken" })).status).toBe(200);
    mcp.child.kill("SIGTERM");
    const { code, stderr } = await mcp.ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/t0ken|onsync_pk_test_of_the_processes/);
  });
});
