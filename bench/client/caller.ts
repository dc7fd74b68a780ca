/** Makes as many calls as it is told to, 64 at once, and says how much CPU time a call took, in microseconds. */
import { callers, connections } from "./callers.ts";
import type { CallName } from "./requests.ts";

const [origin = "", name] = process.argv.slice(2);
const call = await callers.find((caller) => caller.name === name)?.connect(origin);
if (!call) throw new Error(`there is no caller ${name}`);

process.on("message", async ({ what, count }: { what: CallName; count: number }) => {
  const started = process.cpuUsage();
  let left = count;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await call(what);
    }),
  );
  const { user, system } = process.cpuUsage(started);
  process.send?.((user + system) / count);
});
process.send?.("ready");
