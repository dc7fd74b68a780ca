/**
 * Reads an answer's body, and notices when it breaks off. node-fetch, which z.request is made of, does not: where the
 * connection ends before `content-length` bytes have come, its body neither ends nor fails, and a step would hang until
 * Zapier ends it. So the connection is watched beside the body.
 */
import type { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";

// An import of node:http has Node load all that it exports, WebSocket included: that alone doubles the app's start.
const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");

export type WatchedAgent = {
  /** For one request. Connections are not kept: one that was frozen along with Zapier's process fails on its next use. */
  agent: Agent;
  /** Resolves when the connection is closed, for whatever reason. */
  closed: Promise<void>;
};

/**
 * An agent for one request, and a promise that tells when its connection is over.
 *
 * @param connecting called when the connection is being made: the request stands by then, and cannot change any more
 */
export function createWatchedAgent(url: string, connecting: () => void): WatchedAgent {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const agent = url.startsWith("https:") ? new https.Agent() : new http.Agent();
  const connect = agent.createConnection.bind(agent) as (...args: unknown[]) => Duplex;
  agent.createConnection = ((...args: unknown[]) => {
    connecting();
    const socket = connect(...args);
    socket.once("close", () => resolve());
    return socket;
  }) as typeof agent.createConnection;
  return { agent, closed };
}

/** The text as far as it came, and why there is no more where it broke off. */
export function readBody(
  body: NodeJS.ReadableStream,
  closed: Promise<void>,
): Promise<{ text: string; incomplete?: Error }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let finished = false;
    const finish = (incomplete?: Error) => {
      finished = true;
      const text = Buffer.concat(chunks).toString("utf8");
      resolve(incomplete ? { text, incomplete } : { text });
    };
    body.on("data", (chunk: Buffer) => chunks.push(chunk));
    body.on("end", () => finish());
    body.on("error", finish);
    closed.then(async () => {
      // What had come by then is still on its way through the streams.
      for (let seen = -1; !finished && seen !== chunks.length; await turn()) seen = chunks.length;
      if (!finished) finish(new Error("the connection closed before the whole body had come"));
    });
  });
}
