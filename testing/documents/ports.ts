/** Which port a command listens on, and the free ones that stand for those of a document. */
import { createServer } from "node:net";

/** The ports of the commands that listen, where no other is named. */
const defaultPorts: Record<string, string> = { start: "4000", reference: "4010", mcp: "4020", listen: "4030" };

/** @throws Error where nothing says on which port a command listens */
export function findPort(command: string): { port: string; isNamed: boolean } {
  const named = /(?:--port |listen\()(\d+)/.exec(command)?.[1];
  if (named) return { port: named, isNamed: true };
  // A worker listens on none: its name stands for it.
  if (/\bonsync (?:-- )?work\b/.test(command)) return { port: "work", isNamed: true };
  const name = /(?:\bonsync (?:-- )?|^npm )(start|reference|mcp|listen)\b/.exec(command)?.[1];
  const port = name && defaultPorts[name];
  if (!port) throw new Error(`Nothing says on which port this listens: ${command}`);
  return { port, isNamed: false };
}

/** Below those that systems hand out, a thousand for each worker: nothing else in a run of the suite takes one of these. */
const firstPort = 20_000 + (Number(process.env.JEST_WORKER_ID ?? 0) % 10) * 1000;

async function findFreePort(taken: ReadonlySet<string>): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const port = String(firstPort + Math.floor(Math.random() * 1000));
    if (taken.has(port)) continue;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(Number(port), "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error("None of a hundred ports was free.");
}

/** A free port for each that a document names or leaves to the commands. */
export async function choosePorts(document: string): Promise<Map<string, string>> {
  const ports = new Map<string, string>();
  const named = [...document.matchAll(/(?:127\.0\.0\.1:|--port )(\d{4})\b/g)].map(([, port]) => port as string);
  for (const port of new Set([...Object.values(defaultPorts), ...named]))
    ports.set(port, await findFreePort(new Set(ports.values())));
  return ports;
}
