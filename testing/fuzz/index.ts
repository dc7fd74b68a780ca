/** Every way in that is tried. */
import { commandLine } from "./command/line.ts";
import type { Entry } from "./entry.ts";
import { csv, ndjson, parquet } from "./files/rows.ts";
import { stores } from "./files/stores.ts";
import { approvals } from "./http/doors/approvals.ts";
import { mcpModern, mcpOld } from "./http/doors/mcp.ts";
import { metrics, receiver } from "./http/doors/receiver.ts";
import { api, consoleData, controlApi } from "./http/doors/reference.ts";

export const entries: readonly Entry<unknown>[] = [
  api,
  controlApi,
  consoleData,
  mcpOld,
  mcpModern,
  approvals,
  receiver,
  metrics,
  csv,
  ndjson,
  parquet,
  ...stores,
  commandLine,
];
