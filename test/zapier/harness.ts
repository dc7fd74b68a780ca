/**
 * Plays Zapier's side: runs the app through its handler, as Zapier does, against the reference API on a port of its own,
 * and takes webhook deliveries in on another, renaming their headers.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import zapier from "zapier-platform-core";
import App from "../../index.ts";
import { createReference, type Reference, type ReferenceOptions } from "../../reference/index.ts";
import { PlatformCache } from "./platform-cache.ts";

type Bundle = {
  inputData?: Record<string, unknown>;
  inputDataRaw?: Record<string, string>;
  subscribeData?: Record<string, unknown>;
  targetUrl?: string;
  rawRequest?: { method?: string; headers: Record<string, string>; content: string };
  authData?: Record<string, string>;
  meta?: Record<string, unknown>;
};
export type Row = Record<string, unknown>;

/** What Zapier shows of an error. */
export type Shown = { name: string; text: string; code?: string; status?: number; delay?: number };

function shownOf(error: unknown): Shown {
  const { name, message } = error as Error;
  try {
    const { message: text, ...more } = JSON.parse(message);
    return { name, text, ...more };
  } catch {
    return { name, text: message };
  }
}

// The types of the platform's own handler are those of its callers: any event, any answer.
const createAppHandler = (
  zapier as unknown as { createAppHandler: (app: object) => (event: object) => Promise<{ results: unknown }> }
).createAppHandler;

export type Zap = {
  reference: Reference;
  url: string;
  /** Zapier's cache, as one Zap after the other sees it. */
  cache: PlatformCache;
  cacheOutOfReach: boolean;
  /** The text that Zapier keeps between the pages of a dropdown. */
  place: { kept: string | null };
  /** What reached Zapier's log. */
  logs: string[];
  run<Result = Row[]>(method: string, bundle?: Bundle): Promise<Result>;
  create(key: string, inputData: Row, more?: Bundle): Promise<Row>;
  search(key: string, inputData: Row): Promise<Row[]>;
  /** The error that a run ends in. */
  failure(method: string, bundle?: Bundle): Promise<Shown>;
  close(): Promise<void>;
};

/** The platform's stand-in for `z.cursor` takes the text that is set for the name of an entry, and reads the entry `undefined`. */
function toCursorTestObject(place: Zap["place"]): object {
  return new Proxy(
    {},
    {
      get: (_target, name) => (name === "undefined" ? place.kept : undefined),
      set: (_target, name) => {
        place.kept = String(name);
        return true;
      },
    },
  );
}

let quiet = 0;

/**
 * What z.console writes is in `logs`, not in the suite's output. Retries wait for their jitter only, which is nothing
 * here. After 250 runs the platform ends a process that takes more than 450 MB, as a whole suite's may.
 */
function quietly(): () => void {
  const spies = [
    jest.spyOn(console, "log").mockImplementation(() => {}),
    jest.spyOn(console, "error").mockImplementation(() => {}),
    jest.spyOn(Math, "random").mockReturnValue(0),
    jest
      .spyOn(process, "memoryUsage")
      .mockReturnValue({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
  ];
  quiet++;
  return () => {
    if (--quiet === 0) for (const spy of spies) spy.mockRestore();
  };
}

export async function startZap(options: ReferenceOptions = {}, app: object = App): Promise<Zap> {
  const undisturbed = quietly();
  // The platform sends what a run logs to Zapier, over TLS, unless it is told another address.
  process.env.LOGGING_ENDPOINT = "data:,";
  const reference = createReference({ random: () => 0.5, ...options });
  const listening = await reference.listen();
  const handler = createAppHandler(app);
  const cache = new PlatformCache();
  const rpc = await startCacheServer(cache, () => zap.cacheOutOfReach);
  const place: Zap["place"] = { kept: null };
  const logs: string[] = [];

  const run = async <Result>(method: string, bundle: Bundle = {}): Promise<Result> => {
    const { results } = await handler({
      command: "execute",
      method,
      // Zapier hands JSON over: nothing is shared with the caller.
      bundle: structuredClone({
        authData: { api_key: reference.key, base_url: listening.url },
        inputData: {},
        meta: {},
        ...bundle,
      }),
      rpc_base: rpc.url,
      token: bundle.authData?.api_key ?? reference.key,
      ...(!zap.cacheOutOfReach && { cursorTestObj: toCursorTestObject(place) }),
      calledFromCliInvoke: true,
      customLogger: (message: string, data: unknown) => logs.push(`${message} ${JSON.stringify(data)}`),
    });
    return results as Result;
  };

  const zap: Zap = {
    reference,
    url: listening.url,
    cache,
    cacheOutOfReach: false,
    place,
    logs,
    run,
    create: (key, inputData, more) => run<Row>(`creates.${key}.operation.perform`, { inputData, ...more }),
    search: (key, inputData) => run<Row[]>(`searches.${key}.operation.perform`, { inputData }),
    failure: async (method, bundle) => {
      let results: unknown;
      try {
        results = await run(method, bundle);
      } catch (error) {
        return shownOf(error);
      }
      throw new Error(`${method} succeeded: ${JSON.stringify(results)}`);
    },
    close: async () => {
      undisturbed();
      await rpc.close();
      await listening.close();
      await reference.close();
    },
  };
  return zap;
}

type CacheCall = { id: string; method: "zcache_get" | "zcache_set" | "zcache_delete"; params: unknown[] };

/** Zapier's side of `z.cache`. A connection is told by its key. */
async function startCacheServer({ cache }: PlatformCache, isOutOfReach: () => boolean) {
  const perform = async ({ method, params }: CacheCall, connection: string): Promise<unknown> => {
    const key = String(params[0]);
    const toScope = (scope: unknown) => (Array.isArray(scope) ? [...scope, connection] : null);
    if (method === "zcache_get") {
      const value = await cache.get(key, toScope(params[1]));
      return value === null ? null : JSON.stringify(value);
    }
    if (method === "zcache_delete") return cache.delete(key, toScope(params[1]));
    const [, json, seconds, scope, nx] = params as [string, string, number | null, unknown, boolean | null];
    return cache.set(key, JSON.parse(json), seconds, toScope(scope), nx);
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = JSON.parse(Buffer.concat(chunks).toString("utf8")) as CacheCall;
    try {
      if (isOutOfReach()) throw new Error("out of reach");
      const result = await perform(call, String(request.headers["x-token"]));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ id: call.id, result }));
    } catch {
      response.writeHead(500).end("no");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type Delivered = { method: string; headers: Record<string, string>; content: string };

/** Zapier's address for a hook: every delivery is acknowledged and kept with its headers renamed. */
export async function startHook(): Promise<{ url: string; deliveries: Delivered[]; close(): Promise<void> }> {
  const deliveries: Delivered[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const renamed = Object.entries(request.headers).map(([name, value]) => [
      `Http-${name.replace(/(^|-)\w/g, (letter) => letter.toUpperCase())}`,
      String(value),
    ]);
    deliveries.push({
      method: request.method ?? "",
      headers: Object.fromEntries(renamed),
      content: Buffer.concat(chunks).toString("utf8"),
    });
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/standard/1/2/`,
    deliveries,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A contact as OnSync has it now. */
export async function findStored(zap: Zap, contactId: unknown): Promise<Row> {
  return (await zap.search("find_contact", { contactId }))[0] as Row;
}
