/** The Node transport (package entry `./client/undici`), on undici's `Pool.request`: no fetch machinery, kept-alive connections. */
import type { Pool } from "undici";
import { answerTooLarge, type Transport, type TransportResponse } from "./transport.ts";

export type UndiciTransportOptions = {
  /** Connections kept to one origin at most. Default 32. */
  connections?: number | undefined;
  /** Longest wait for a connection, in milliseconds. Default 10,000. */
  connectTimeoutMs?: number | undefined;
};

export type UndiciTransport = Transport & {
  /** Waits for requests under way and closes the connections. */
  close(): Promise<void>;
};

/** One pool an origin. Redirects are not followed; the deadline is the client's, so undici's own timeouts are off. */
export const undiciTransport = ({
  connections = 32,
  connectTimeoutMs = 10_000,
}: UndiciTransportOptions = {}): UndiciTransport => {
  const pools = new Map<string, Promise<Pool>>();
  // undici is loaded with the first request: a process that makes none, or not yet, starts without it.
  const poolOf = (origin: string): Promise<Pool> => {
    let pool = pools.get(origin);
    if (!pool) {
      // undici drops idle connections after 4 s, before servers do: a request on one that is just closing would be lost.
      const options = { connections, connect: { timeout: connectTimeoutMs }, headersTimeout: 0, bodyTimeout: 0 };
      pool = import("undici").then((undici) => new undici.Pool(origin, options));
      pools.set(origin, pool);
    }
    return pool;
  };

  const transport: Transport = async ({ method, url, headers, body, signal, maxBytes }) => {
    const { origin, pathname, search } = new URL(url);
    const response = await (await poolOf(origin)).request({
      method: method as "GET",
      path: pathname + search,
      // undici hands compressed bodies on as they are.
      headers: { ...headers, "accept-encoding": "identity" },
      signal,
      ...(body !== undefined && { body }),
    });
    return { status: response.statusCode, headers: response.headers, ...(await readBody(response.body, maxBytes)) };
  };
  return Object.assign(transport, {
    async close() {
      await Promise.all([...pools.values()].map(async (pool) => (await pool).close()));
      pools.clear();
    },
  });
};

const readBody = async (
  body: AsyncIterable<Buffer>,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Pick<TransportResponse, "text" | "incomplete">> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      // Leaving the loop ends the connection: the rest is not read.
      if (size > maxBytes) return { text: "", incomplete: answerTooLarge(maxBytes) };
      chunks.push(chunk);
    }
    return { text: Buffer.concat(chunks).toString("utf8") };
  } catch (error) {
    return {
      text: Buffer.concat(chunks).toString("utf8"),
      incomplete: error instanceof Error ? error : new Error(String(error)),
    };
  }
};
