/** Servers that deliveries arrive at, and deliveries with rules of one's own. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import type { Deliver } from "../../../reference/index.ts";
import { classifyAddress } from "../../../src/http/addresses.ts";
import { createGuardedDeliver, type DeliveryRules } from "../../../src/http/guarded-post.ts";

/** A server that may not be reached. Both listen on every address that the machine has. */
export let own: Server;

/** A server that may be reached. */
export let other: Server;

/** The addresses that requests arrived at. */
export const arrived: string[] = [];

export function getPort(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function openServer(): Promise<Server> {
  const server = createServer((request, response) => {
    arrived.push(request.socket.localAddress ?? "");
    request.resume();
    response.end("taken");
  }).listen(0, "::");
  await once(server, "listening");
  return server;
}

beforeAll(async () => {
  [own, other] = await Promise.all([openServer(), openServer()]);
});

afterAll(() => {
  for (const server of [own, other]) server.close();
});

afterEach(() => void arrived.splice(0));

/** Every name leads to what the test says, in turn. */
export function resolvesTo(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = ((name: string, _options: unknown, done: (error: null, found: object[]) => void) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] as string[];
    asked.push(name);
    done(
      null,
      answer.map((address) => ({ address, family: isIP(address) })),
    );
  }) as unknown as NonNullable<DeliveryRules["resolve"]>;
  return { asked, resolve };
}

export function rules(more: Partial<DeliveryRules> = {}): DeliveryRules {
  return {
    ownPorts: () => new Set([getPort(own)]),
    allowsPrivate: () => true,
    ...more,
  };
}

export function deliver(url: string, more: Partial<DeliveryRules> = {}): ReturnType<Deliver> {
  return createGuardedDeliver(rules(more))({ url, headers: {}, body: "{}", signal: AbortSignal.timeout(5000) });
}

/** Of this machine, beside the loopback. */
export const ownAddresses = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .filter(({ address }) => classifyAddress(address) !== "forbidden")
  .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));
