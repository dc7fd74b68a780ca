/** The control API of the reference, for what stands around OnSync: customers, the clock, faults. It may be down at any moment. */

export type ControlClient = {
  /** @returns the answer; `null` where there was none */
  ask(method: string, path: string, body?: object): Promise<Record<string, unknown> | null>;
};

const timeoutMs = 30_000;

export function createControlClient(port: number, token: string): ControlClient {
  return {
    async ask(method, path, body) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/_control${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          ...(body && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        const answer = (await response.json()) as Record<string, unknown>;
        if (response.status >= 400 && response.status < 500)
          throw new TypeError(`${method} ${path}: ${JSON.stringify(answer)}`);
        return response.ok ? answer : null;
      } catch (error) {
        if (error instanceof TypeError && error.message.startsWith(method)) throw error;
        return null;
      }
    },
  };
}
