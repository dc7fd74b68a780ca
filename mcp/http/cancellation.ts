/**
 * Cancellation comes as a request of its own, which another server object answers. The session id given at
 * `initialize` says whose call is meant. It stands for nothing else: any replica takes any id, and none is needed.
 */
import { getParams, isObject } from "./message.ts";

export type Cancellation = ReturnType<typeof createCancellation>;

export function createCancellation() {
  const running = new Map<string, () => void>();
  const createKey = (session: string, id: unknown) => JSON.stringify([session, id]);
  return {
    /** @returns ends the watch */
    watch(session: string | null, message: unknown, cancel: () => void): () => void {
      if (session === null || !isObject(message) || message.id === undefined) return () => {};
      const key = createKey(session, message.id);
      running.set(key, cancel);
      return () => {
        if (running.get(key) === cancel) running.delete(key);
      };
    },
    /** Ends the call that a cancellation means, where this replica runs it. */
    cancel(session: string | null, message: unknown): void {
      if (session !== null && isObject(message) && message.method === "notifications/cancelled")
        running.get(createKey(session, getParams(message).requestId))?.();
    },
  };
}
