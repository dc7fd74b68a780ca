/** Two receivers as their users start them, on one real Redis: who takes the endpoint back, and when. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { findFreePort } from "../../../testing/network/free-port.ts";
import { type RedisServer, skipped, startRedis } from "../../../testing/redis-server.ts";
import { transcribe } from "../../../testing/transcript.ts";

const script = join(import.meta.dirname, "../../../cli/onsync.ts");
const children: ChildProcess[] = [];
let redis: RedisServer | undefined;
let reference: Reference | undefined;
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await reference?.close();
  await redis?.close();
});

/** @returns what tells of the events it prints, once it is ready */
async function start(baseUrl: string, key: string, redisUrl: string, port: number, register: string) {
  const options = ["--redis", redisUrl, "--port", String(port), "--register", register, "--unregister", "--json"];
  const child = spawn(process.execPath, [script, "listen", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...bareEnvironment, ONSYNC_API_KEY: key, ONSYNC_BASE_URL: baseUrl },
  });
  children.push(child);
  transcribe(child);
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said += text;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value));
  expect(await next()).toMatchObject({ ready: true, registered: register });
  return { child, exited, next, said: () => said };
}

(skipped ? test.skip : test)(
  `stopping one of two receivers leaves the other its endpoint; the last one takes it back${skipped ? ` (${skipped})` : ""}`,
  async () => {
    redis = await startRedis();
    const api = createReference({ rateLimit: 1_000_000 });
    reference = api;
    const { url } = await api.listen();
    const { key, control } = api;
    const registered = async () => {
      const response = await api.fetch(
        new Request("http://127.0.0.1/v1/webhooks", { headers: { authorization: `Bearer ${key}` } }),
      );
      return ((await response.json()) as { data: unknown[] }).data.length;
    };
    const port = await findFreePort();
    const endpoint = `http://127.0.0.1:${port}/`;
    const first = await start(url, key, redis.url, await findFreePort(), endpoint);
    const second = await start(url, key, redis.url, port, endpoint);

    first.child.kill("SIGTERM");
    expect(await first.exited).toBe(0);
    expect(first.said()).toContain("the endpoint stays registered: another receiver uses it");
    expect(await registered()).toBe(1);
    await control.inbound({ platform: "whatsapp", from: "+971500000001", content: "still there?" });
    const types = [await second.next(), await second.next(), await second.next()].map(({ type }) => type);
    expect(types).toContain("message.created");

    second.child.kill("SIGTERM");
    expect(await second.exited).toBe(0);
    expect(await registered()).toBe(0);
  },
  60_000,
);
