/** How many of the org's 1,000 requests an hour a step costs. */
import type { Zap } from "./harness.ts";

/** What the platform logged of each request, so that none is left out, whoever made it. */
export async function countRequests(zap: Zap, run: () => Promise<unknown>): Promise<number> {
  const before = zap.logs.length;
  await run();
  return zap.logs.slice(before).filter((line) => line.includes('"log_type":"http"')).length;
}
