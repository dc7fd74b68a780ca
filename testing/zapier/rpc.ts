/** The calls that the platform core makes to Zapier itself: the cache and the cursor of a trigger. */
import type { ServerResponse } from "node:http";
import type { CacheScope, CacheStore } from "./cache.ts";
import type { PlatformClock } from "./clock.ts";
import type { Run } from "./run.ts";

type Call = { id: string; method: string; params: unknown[] };

export type RpcWorld = { cache: CacheStore; cursors: Map<string, string>; clock: PlatformClock };

function perform({ cache, cursors }: RpcWorld, run: Run, { method, params }: Call): unknown {
  const [key, second, third, fourth, fifth] = params;
  switch (method) {
    case "zcache_get":
      return cache.get(run.caller, key as string, second as CacheScope);
    case "zcache_set": {
      const [value, ttl, scope, nx] = [second, third, fourth, fifth];
      return cache.set(run.caller, key as string, value as string, ttl as number, scope as CacheScope, nx as boolean);
    }
    case "zcache_delete":
      return cache.delete(run.caller, key as string, second as CacheScope);
    case "get_cursor":
      return cursors.get(run.storeKey) ?? null;
    case "set_cursor":
      cursors.set(run.storeKey, key as string);
      return null;
    default:
      throw new Error(`The simulated platform has no ${method}.`);
  }
}

export async function handleRpc(world: RpcWorld, run: Run, body: string, outgoing: ServerResponse): Promise<void> {
  const call = JSON.parse(body) as Call;
  if (!run.begin("cache")) return void outgoing.destroy();
  const fault = run.trouble.cache?.(run.cacheCalls, { method: call.method, key: String(call.params[0] ?? "") }) ?? null;
  if (fault?.kind === "hang") return;
  if (fault?.kind === "fail") return void outgoing.writeHead(500).end("no");
  const result = perform(world, run, call);
  run.finish("cache");
  if (fault?.kind === "fail after") return void outgoing.writeHead(500).end("no");
  if (fault?.kind === "slow") await world.clock.sleep(fault.ms);
  outgoing.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ id: call.id, result }));
}
