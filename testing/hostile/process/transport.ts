/** The way of one process to the server. */
import type { ServerModel } from "../server/model.ts";
import type { Transport } from "./client-options.ts";
import { type Lifecycle, never } from "./lifecycle.ts";

/** @param deaf it never hears an abort: what is silent stays silent */
export function createTransport(name: string, server: ServerModel, lifecycle: Lifecycle, deaf: boolean): Transport {
  return (request) => {
    const signal = deaf ? undefined : request.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { happens, isHeard } = lifecycle.step();
    if (!happens) return never;
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      const abort = () => {
        isGivenUp = true;
        if (lifecycle.isUp()) reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      server.attempt(name, request, (answer) => {
        signal?.removeEventListener("abort", abort);
        if (!lifecycle.isUp() || !isHeard || isGivenUp) return false;
        lifecycle.reach(() => {
          if ("reject" in answer) reject(answer.reject);
          else resolve(answer);
        });
        return true;
      });
    });
  };
}
