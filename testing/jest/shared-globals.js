/**
 * Jest's environment for tests that share modules (shared-modules.js), and Node's globals with them. What a file changes of the
 * process is put back when it is over. A file with `@own-modules` in its first comment has globals and modules of its own.
 */
import { createRequire } from "node:module";
import PlainGlobals from "./plain-globals.js";

const requireOfJest = createRequire(createRequire(import.meta.url).resolve("jest"));
const { ModernFakeTimers } = requireOfJest("@jest/fake-timers");
const { ModuleMocker } = requireOfJest("jest-mock");

/** Where circus looks for a limit that a file has set. */
const testTimeout = Symbol.for("TEST_TIMEOUT_SYMBOL");

/** @returns what puts the globals back as they are now */
function noteGlobals() {
  const noted = Object.getOwnPropertyDescriptors(globalThis);
  return () => {
    const now = Object.getOwnPropertyDescriptors(globalThis);
    for (const key of Reflect.ownKeys(now)) {
      // What a library keeps for the whole process, as undici its dispatcher, stays.
      if (!(key in noted) && now[key].configurable) delete globalThis[key];
    }
    for (const key of Reflect.ownKeys(noted)) {
      const isChanged = now[key]?.value !== noted[key].value || now[key]?.get !== noted[key].get;
      if (isChanged && noted[key].configurable) Object.defineProperty(globalThis, key, noted[key]);
    }
  };
}

/** @returns what puts back who listens to the process as it is now */
function noteListeners() {
  const noted = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  return () => {
    for (const name of process.eventNames()) {
      const left = process.rawListeners(name).filter((listener) => !noted.get(name)?.includes(listener));
      for (const listener of left) process.removeListener(name, listener);
    }
  };
}

/** @returns what puts the process back as it is now: its environment, its folder, its exit code … */
function noteProcess() {
  const environment = { ...process.env };
  const folder = process.cwd();
  const { argv, exitCode, exit } = process;
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    if (process.cwd() !== folder) process.chdir(folder);
    Object.assign(process, { argv, exitCode, exit });
  };
}

export default class SharedGlobals {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern;
  #putBack = [noteGlobals(), noteListeners(), noteProcess()];

  constructor(config, context) {
    const { projectConfig, globalConfig } = config;
    // Who watches changes modules while the worker goes on.
    const watches = globalConfig.watch || globalConfig.watchAll;
    // biome-ignore lint/correctness/noConstructorReturn: which environment it is, the file says.
    if (watches || "own-modules" in context.docblockPragmas) return new PlainGlobals(config, context);
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  /** What the tests have as `jest`. */
  get jest() {
    const { fakeTimersModern: timers, moduleMocker: mocker } = this;
    return {
      spyOn: (...args) => mocker.spyOn(...args),
      restoreAllMocks: () => mocker.restoreAllMocks(),
      useFakeTimers: (options) => timers.useFakeTimers(options),
      useRealTimers: () => timers.useRealTimers(),
      advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
      advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
      setTimeout: (ms) => {
        globalThis[testTimeout] = ms;
      },
    };
  }

  /** None: the modules are Node's own. */
  getVmContext() {
    return null;
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    this.moduleMocker.restoreAllMocks();
    for (const putBack of this.#putBack) putBack();
  }
}
