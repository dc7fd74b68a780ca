/**
 * Two receivers and two MCP servers on one Redis, replaced one by one under load, as deploy/kubernetes has it: a new one is
 * started, then an old one is told to stop. Real processes; the balancer knows of them what `/readyz` says.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { createReference } from "../../reference/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { createOnSync } from "../../src/client/index.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import { messageEvent } from "../../testing/events.ts";
import { type Started, startOnsync } from "../../testing/network/onsync-process.ts";
import { type RedisServer, skipped, startRedis } from "../../testing/redis-server.ts";

jest.setTimeout(240_000);
if (skipped !== null) process.stderr.write(`test/deploy/rolling-restart.test.ts ${skipped}\n`);

const secret = "the-secret-of-the-endpoint";
const token = "the-token-of-the-mcp-server";
const drainDelay = ["--drain-delay", "3"];

type Replica = { server: Started; origin: string; isReady: boolean };

const balancers = new Set<Balancer>();
afterEach(() => Promise.all([...balancers].map((balancer) => balancer.close())));

/** Sends what comes to one ready replica after the other. */
class Balancer {
  readonly #start: () => Promise<Started>;
  readonly #replicas: Replica[] = [];
  #turn = 0;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;

  constructor(start: () => Promise<Started>) {
    this.#start = start;
    balancers.add(this);
    this.#watching = this.#watch();
  }

  async add(): Promise<void> {
    const server = await this.#start();
    const replica = { server, origin: `http://127.0.0.1:${server.port}`, isReady: false };
    this.#replicas.push(replica);
    while (!replica.isReady) await wait(20);
  }

  /** A new one first; then the oldest is told to stop. @returns its exit code */
  async replaceOldest(): Promise<number> {
    await this.add();
    const oldest = this.#replicas[0] as Replica;
    const ended = once(oldest.server.child, "exit");
    oldest.server.child.kill("SIGTERM");
    const [code] = await ended;
    this.#replicas.shift();
    return code;
  }

  pick(): string {
    const ready = this.#replicas.filter(({ isReady }) => isReady);
    this.#turn += 1;
    const picked = ready[this.#turn % ready.length];
    if (picked === undefined) throw new Error("no replica is ready");
    return picked.origin;
  }

  async close(): Promise<void> {
    balancers.delete(this);
    this.#closing.abort();
    await this.#watching;
    for (const { server } of this.#replicas) server.child.kill("SIGKILL");
  }

  /** Asks each replica ten times a second. */
  async #watch(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await Promise.all(
        this.#replicas.map(async (replica) => {
          const answer = await fetch(`${replica.origin}/readyz`).catch(() => undefined);
          replica.isReady = answer?.status === 200;
          await answer?.arrayBuffer();
        }),
      );
      await wait(100);
    }
  }
}

/** Does something again and again, so many at once, until it is told to end. @returns what failed */
async function keepDoing(isOver: () => boolean, work: (n: number) => Promise<string | undefined>): Promise<string[]> {
  const failures: string[] = [];
  let n = 0;
  const worker = async (): Promise<void> => {
    while (!isOver()) {
      n += 1;
      const failure = await work(n).catch((error: Error) => `${error.message}: ${(error.cause as Error)?.message}`);
      if (failure !== undefined) failures.push(failure);
      await wait(10);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return failures;
}

(skipped === null ? describe : describe.skip)("replaced one by one under load", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis("--maxmemory-policy", "noeviction");
  });
  afterAll(() => redis.close());

  test("two receivers refuse no delivery and lose no event, and each ends by itself", async () => {
    const handedOn = new Set<string>();
    const sink = createServer((request, response) => {
      handedOn.add(String(request.headers["x-onsync-delivery"]));
      request.resume().once("end", () => response.end());
    }).listen(0, "127.0.0.1");
    await once(sink, "listening");
    const forward = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
    const receivers = new Balancer(() =>
      startOnsync(["listen", "--redis", redis.url, "--forward", forward, ...drainDelay], {
        ONSYNC_WEBHOOK_SECRETS: secret,
        ONSYNC_LOG_LEVEL: "silent",
      }),
    );
    await Promise.all([receivers.add(), receivers.add()]);

    const acknowledged: string[] = [];
    let isOver = false;
    const delivering = keepDoing(
      () => isOver,
      async (n) => {
        const id = `evt_${n}`;
        const body = JSON.stringify(messageEvent(id, `whatsapp:+${n % 20}`, n));
        const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
        const { status } = await fetch(receivers.pick(), { method: "POST", headers, body });
        if (status !== 200) return `${id} was answered ${status}`;
        acknowledged.push(id);
        return undefined;
      },
    );
    const codes = [await receivers.replaceOldest(), await receivers.replaceOldest()];
    isOver = true;
    expect({ failures: await delivering, codes }).toEqual({ failures: [], codes: [0, 0] });

    const isMissing = () => acknowledged.filter((id) => !handedOn.has(id));
    for (let look = 0; look < 200 && isMissing().length > 0; look++) await wait(100);
    expect(isMissing()).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(100);
    process.stderr.write(`rolling restart: ${acknowledged.length} events, 0 lost\n`);
    sink.closeAllConnections();
    sink.close();
  });

  test("two MCP servers fail no call, and each message is sent once", async () => {
    const reference = createReference({ rateLimit: 1_000_000 });
    const api = await reference.listen();
    const servers = new Balancer(() =>
      startOnsync(["mcp", "--http", "--ledger", redis.url, ...drainDelay], {
        ONSYNC_API_KEY: reference.key,
        ONSYNC_BASE_URL: api.url,
        ONSYNC_MCP_TOKEN: token,
        ONSYNC_LOG_LEVEL: "silent",
      }),
    );
    await Promise.all([servers.add(), servers.add()]);

    const sent: string[] = [];
    let isOver = false;
    const calling = keepDoing(
      () => isOver,
      async (n) => {
        const content = `message ${n}`;
        const response = await fetch(`${servers.pick()}/mcp`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
          },
          body: JSON.stringify({
            jsonrpc: "2.0",
            id: n,
            method: "tools/call",
            params: { name: "send_message", arguments: { platform: "telegram", to: `customer${n % 10}`, content } },
          }),
        });
        const answer = await response.text();
        if (response.status !== 200 || answer.includes('"isError":true')) return `${response.status} ${answer}`;
        sent.push(content);
        return undefined;
      },
    );
    const codes = [await servers.replaceOldest(), await servers.replaceOldest()];
    isOver = true;
    expect({ failures: await calling, codes }).toEqual({ failures: [], codes: [0, 0] });

    const onsync = createOnSync({
      apiKey: reference.key,
      baseUrl: "http://127.0.0.1/v1",
      transport: fetchTransport((request) => reference.fetch(request)),
    });
    const there: string[] = [];
    for (let customer = 0; customer < 10; customer++) {
      const history = onsync.messages.iterate(`telegram:customer${customer}`);
      for await (const { content } of history) there.push(String(content));
    }
    expect(there.toSorted()).toEqual(sent.toSorted());
    expect(sent.length).toBeGreaterThan(100);
    process.stderr.write(`rolling restart: ${sent.length} calls, 0 failed\n`);
    await reference.close();
  });
});
