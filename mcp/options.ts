/** What an MCP server is made of. */
import type { Clock, OnSync, SendLedger } from "../src/client/index.ts";
import type { EventReader } from "../src/webhooks/log/event-log.ts";
import type { SafetySettings } from "./safety/settings.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, message: string, fields: Record<string, unknown>) => void;

/**
 * How a call ended: `refused` by this server, which asked nothing of OnSync; `failed`, and certainly not done, or safe to repeat;
 * `unknown` whether it was done; `cancelled` by who called, or by this server's end; `internal` an error of this server's own.
 */
export const toolCallOutcomes = ["ok", "refused", "failed", "unknown", "cancelled", "internal"] as const;
export type ToolCallOutcome = (typeof toolCallOutcomes)[number];

export type ToolCallEvent = {
  /** One of the tools there are, else `unknown`: nothing that a caller made up. */
  tool: string;
  durationMs: number;
  outcome: ToolCallOutcome;
};

export type McpOptions = {
  onsync: OnSync;
  /** The events received, where a webhook receiver runs. */
  events?: EventReader;
  /** Told of every call: its tool, duration and outcome, never its arguments. Nothing may go to stdout. */
  log?: Log;
  /** Told of every call as `log` is, for whoever counts them. What it throws is ignored. */
  onToolCall?: ((event: ToolCallEvent) => void) | undefined;
  safety?: SafetySettings;
  /** With `send: "person"`: where people approve. The ledger must be given then, the one the client has. */
  approvals?: {
    /** The operator's token, which opens the approval page over HTTP. No answer of the MCP server has it. */
    token: string;
    /**
     * The page's address, such as `http://127.0.0.1:4020/approvals`; `undefined` while there is none. Default: where the
     * HTTP server listens.
     */
    getUrl?: () => string | undefined;
    /** Told of each client whose proposals the page is to show. */
    addClient?: (org: string, onsync: OnSync) => void;
  };
  /** Where sends are counted and used confirmations noted. Default: in memory. Give replicas the one their clients share. */
  ledger?: SendLedger;
  /** Whose sends are counted together. Default: the client's base URL. */
  ledgerScope?: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  now?: () => number;
  /** Waits. Default a timer. */
  sleep?: Clock["sleep"];
};
