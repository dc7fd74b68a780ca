/** The servers that bench/reference-http measures, each a process of its own with a sender of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "../../testing/network/free-port.ts";
import { endChild, readCpuMs, receive, startChild } from "../harness/child.ts";
import { namePeer, peersFolder } from "../harness/peers.ts";
import { key } from "./cases.ts";

const root = join(import.meta.dirname, "../..");
const reference = ["cli/onsync.ts", "reference", "--port", "0", "--json", "--key", key, "--rate-limit", "1000000000"];

export const base = "node:http with zod";

export type MeasuredServer = {
  name: string;
  /** @returns what so many requests of this kind took: in all, and of the server's CPU, in milliseconds */
  measure(name: string, count: number): Promise<{ ms: number; cpuMs: number }>;
  stop(): Promise<void>;
};

type Command = {
  name: string;
  /** Of Node. */
  args: readonly string[];
  /** Where it listens, where it does not print that as JSON. */
  port?: number;
};

/** What it prints first, as JSON, or its port once something listens there. */
async function waitUntilReady(child: ChildProcess, port: number | undefined): Promise<string> {
  if (port === undefined) {
    const [ready] = (await once((child.stdout as Readable).setEncoding("utf8"), "data")) as [string];
    return new URL((JSON.parse(ready) as { url: string }).url).origin;
  }
  child.stdout?.resume();
  const origin = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    if (await fetch(origin).catch(() => null)) return origin;
    await delay(100);
  }
  throw new Error(`nothing listens at ${origin}`);
}

async function start({ name, args, port }: Command): Promise<MeasuredServer> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  const origin = await waitUntilReady(child, port);
  const { child: sender } = await startChild(join(import.meta.dirname, "load.ts"), [origin]);
  return {
    name,
    measure: async (what, count) => {
      const before = readCpuMs(child.pid as number);
      sender.send({ name: what, count });
      const ms = (await receive(sender)) as number;
      return { ms, cpuMs: readCpuMs(child.pid as number) - before };
    },
    stop: async () => {
      await endChild(sender);
      await endChild(child);
    },
  };
}

/** The spec without its base path, which prism leaves out, and the start of json-server's only file. */
function preparePeers(folder: string): { spec: string; routes: string; data: string } {
  const [spec, routes, data] = ["openapi.yaml", "routes.json", "db.json"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const document = readFileSync(join(root, "docs/openapi.yaml"), "utf8");
  writeFileSync(spec, document.replace(/^ {2}\/(?=[a-z])/gm, "  /v1/"));
  writeFileSync(routes, JSON.stringify({ "/v1/messaging/send": "/messages", "/v1/*": "/$1" }));
  writeFileSync(data, JSON.stringify({ contacts: [], messages: [] }));
  return { spec, routes, data };
}

/** The base first. @param folder where they keep their data */
export async function startServers(folder: string): Promise<MeasuredServer[]> {
  const { spec, routes, data } = preparePeers(folder);
  const installed = (path: string) => join(peersFolder, "node_modules", path);
  const [prismPort, jsonPort] = [await findFreePort(), await findFreePort()];
  const prism = [installed("@stoplight/prism-cli/dist/index.js"), "mock", "-p", String(prismPort), spec];
  const json = [installed("json-server/lib/cli/bin.js"), "-q", "-p", String(jsonPort), "-r", routes, data];
  const commands: Command[] = [
    { name: base, args: ["bench/reference-http/bare-server.ts"] },
    { name: "reference, in memory", args: reference },
    { name: "reference, data file", args: [...reference, "--data", join(folder, "reference.db")] },
    { name: namePeer("@stoplight/prism-cli"), args: prism, port: prismPort },
    { name: namePeer("json-server"), args: json, port: jsonPort },
  ];
  const servers: MeasuredServer[] = [];
  for (const command of commands) servers.push(await start(command));
  return servers;
}
