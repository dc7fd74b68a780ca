/** One line a request, one for each error nobody foresaw, and warnings about what it was started with. Never a key, never a body. */
export type LogEntry = {
  level: "info" | "warn" | "error";
  message: string;
  requestId: string;
  method: string;
  path: string;
  status: number;
  error?: unknown;
};
export type Log = (entry: LogEntry) => void;
