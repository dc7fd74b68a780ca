/** The Node transport (package entry `./client/undici`), on undici's dispatchers: no fetch machinery, kept-alive connections. */
import type { buildConnector, Dispatcher, Pool } from "undici";
import {
  createAuthenticationError,
  createRefusedError,
  createUnreachableError,
  type Proxies,
  type ProxyOptions,
  type ProxyServer,
  readProxies,
} from "../../http/proxy.ts";
import { createOptionError } from "../errors/option-error.ts";
import { AnswerReader } from "./answer-reader.ts";
import { fetchTransport } from "./fetch.ts";
import type { Transport, TransportRequest, TransportResponse } from "./transport.ts";

export type UndiciTransportOptions = ProxyOptions & {
  /** Connections kept to one origin at most. Default 32. */
  connections?: number | undefined;
  /** Longest wait for a connection, in milliseconds. Default 10,000. */
  connectTimeoutMs?: number | undefined;
};

export type UndiciTransport = Transport & {
  /** Waits for requests under way and closes the connections. */
  close(): Promise<void>;
};

type Undici = typeof import("undici");

/** @returns `null` where the package is not installed */
async function loadUndici(): Promise<Undici | null> {
  try {
    return await import("undici");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}

type PoolOptions = { connections: number; connect: { timeout: number }; headersTimeout: number; bodyTimeout: number };

/**
 * One pool an origin; the platform's `fetch` where undici is not installed. Redirects are not followed; the deadline is the client's, so undici's own timeouts are off.
 *
 * @throws ValidationError when the proxy is no URL of one
 */
export function undiciTransport({
  connections = 32,
  connectTimeoutMs = 10_000,
  ...proxyOptions
}: UndiciTransportOptions = {}): UndiciTransport {
  const proxies = readProxies(proxyOptions, createOptionError);
  const pools = new Map<string, Dispatcher>();
  const getPool = (undici: Undici, origin: string): Dispatcher => {
    let pool = pools.get(origin);
    if (!pool) {
      // undici drops idle connections after 4 s, before servers do: a request on one that is just closing would be lost.
      const options = { connections, connect: { timeout: connectTimeoutMs }, headersTimeout: 0, bodyTimeout: 0 };
      pool = proxies === null ? new undici.Pool(origin, options) : proxyAgent(undici, proxies, options);
      pools.set(origin, pool);
    }
    return pool;
  };
  const viaFetch = fetchTransport((request) => fetch(request));
  // undici is loaded with the first request: a process that makes none, or not yet, starts without it.
  let loading: Promise<Undici | null> | undefined;

  const transport: Transport = async ({ maxBytes = Number.POSITIVE_INFINITY, ...request }) => {
    loading ??= loadUndici();
    const undici = await loading;
    if (undici) {
      const url = new URL(request.url);
      return sendThrough(getPool(undici, url.origin), proxies, url, { maxBytes, ...request });
    }
    if (proxies === null) return viaFetch({ maxBytes, ...request });
    throw Object.assign(new Error("a proxy needs the package undici, which is not installed: npm install undici"), {
      ...{ name: "ProxyError", code: "PROXY_NEEDS_UNDICI" },
    });
  };
  return Object.assign(transport, {
    async close() {
      // A request that was asked for before has its pool then.
      await loading;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      pools.clear();
    },
  });
}

async function sendThrough(
  pool: Dispatcher,
  proxies: Proxies | null,
  { origin, pathname, search }: URL,
  { method, headers, body, signal, maxBytes }: TransportRequest & { maxBytes: number },
): Promise<TransportResponse> {
  const request = {
    origin,
    method: method as "GET",
    path: pathname + search,
    // undici hands compressed bodies on as they are.
    headers: { ...headers, "accept-encoding": "identity" },
    body: body ?? null,
  };
  const reading = new Promise<TransportResponse>((resolve, reject) =>
    pool.dispatch(request, new AnswerReader({ signal, maxBytes, resolve, reject })),
  );
  return proxies === null
    ? reading
    : reading.catch((error: Error) => {
        // undici's own words for a 407 to a request that is not encrypted; they name no proxy.
        const wantedBy = error.message === "Proxy Authentication Required (407)" && proxies.http;
        throw wantedBy ? createAuthenticationError(wantedBy) : error;
      });
}

/**
 * undici's agent, which chooses between the proxies and none. https goes through a tunnel (CONNECT) that is asked for anew
 * for each connection, http in plain. Whatever goes wrong on the way to the proxy or with the tunnel is a `ProxyError`.
 */
function proxyAgent(
  { EnvHttpProxyAgent, Pool: PoolClass }: Undici,
  { http, https, noProxy }: Proxies,
  options: PoolOptions,
): Dispatcher {
  const proxyAt = (href: string): ProxyServer | undefined => [http, https].find((proxy) => proxy?.url.href === href);
  /** Its connections are to the proxy. */
  const poolTo = (proxy: ProxyServer, { connect }: { connect?: unknown }, timeouts: Pool.Options): Pool => {
    const connector = connect as buildConnector.connector;
    return new PoolClass(proxy.url.origin, {
      ...timeouts,
      connect: (target, callback) =>
        connector(target, (...[error, socket]) =>
          error ? callback(createUnreachableError(proxy, error), null) : callback(null, socket),
        ),
    });
  };
  return new EnvHttpProxyAgent({
    ...options,
    connectTimeout: options.connect.timeout,
    // Empty texts: undici would read the process's own variables otherwise.
    httpProxy: http?.url.href ?? "",
    httpsProxy: https?.url.href ?? "",
    noProxy,
    // The pools of requests: to an origin, through a tunnel or directly, or in plain to a proxy.
    factory: (origin, poolOptions) => {
      const proxy = proxyAt(String(origin));
      return proxy ? poolTo(proxy, poolOptions, options) : new PoolClass(origin, { ...options, ...poolOptions });
    },
    // The pool that asks for tunnels. A proxy that never answers is as one that cannot be reached.
    clientFactory: (url, poolOptions) => {
      const proxy = proxyAt(url.href) as ProxyServer;
      const pool = poolTo(proxy, poolOptions, { headersTimeout: options.connect.timeout });
      const openTunnel = pool.connect.bind(pool);
      const connect = async (target: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
        const response = await openTunnel(target).catch((error: Error) => {
          throw error.name === "ProxyError" ? error : createUnreachableError(proxy, error);
        });
        if (response.statusCode === 200) return response;
        response.socket.on("error", () => {}).destroy();
        throw createRefusedError(proxy, target.path, response.statusCode);
      };
      return Object.assign(pool, { connect });
    },
  });
}
