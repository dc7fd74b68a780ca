/** What the receiver, the dispatcher and the stores log with: level, message, fields. */
export type EventLogger = (level: "debug" | "info" | "warn" | "error", message: string, fields?: object) => void;
