/**
 * Notices that an input holds this process up: an expression or a loop that does not come to its end lets no timer run, so
 * another thread looks. It counts the time that this process has computed, which a busy machine does not lengthen.
 */
import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

/** Of computing on one input, in seconds. */
export const maxComputedSeconds = 20;
const maxShownBytes = 32 * 1024;

type Shared = { state: SharedArrayBuffer; shown: SharedArrayBuffer };

/** Tells the thread which input is tried now. */
export type Watch = { begin(name: string, input: unknown): void; end(): Promise<void> };

export function startWatch(): Watch {
  const shared: Shared = { state: new SharedArrayBuffer(8), shown: new SharedArrayBuffer(maxShownBytes) };
  const state = new Int32Array(shared.state);
  const shown = new Uint8Array(shared.shown);
  const worker = new Worker(import.meta.filename, { workerData: shared });
  worker.unref();
  const encoder = new TextEncoder();
  return {
    begin(name, input) {
      const { written } = encoder.encodeInto(`${name} ${JSON.stringify(input)}`, shown);
      Atomics.store(state, 1, written);
      Atomics.add(state, 0, 1);
    },
    end: async () => void (await worker.terminate()),
  };
}

function watchInputs({ state: stateBytes, shown }: Shared): void {
  const state = new Int32Array(stateBytes);
  let tried = -1;
  let computed = 0;
  setInterval(() => {
    const { user } = process.cpuUsage();
    const current = Atomics.load(state, 0);
    if (current !== tried) {
      tried = current;
      computed = user;
      return;
    }
    if (user - computed < maxComputedSeconds * 1e6) return;
    const text = Buffer.from(new Uint8Array(shown).slice(0, Atomics.load(state, 1))).toString();
    writeSync(2, `\nFAILED: an input has kept this process computing for ${maxComputedSeconds} s: ${text}\n`);
    process.kill(process.pid, "SIGKILL");
  }, 500);
}

if (!isMainThread) watchInputs(workerData as Shared);
