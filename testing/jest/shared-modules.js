/**
 * Jest's runtime on Node's own modules: a worker loads the project once, for all the files that it is given. Jest's own
 * evaluates every module again for each file, in a context of its own, and compiles it again in there.
 *
 * A file that must have modules of its own has `@own-modules` in its first comment.
 */
import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bindGlobals } from "./globals.js";

const require = createRequire(import.meta.url);
const { default: OwnModules } = createRequire(require.resolve("jest"))("jest-runtime");

const jestGlobals = new URL("globals.js", import.meta.url).href;
// As in jest.config.js.
const withoutAwaitUsing = Number.parseInt(process.versions.node, 10) < 24;

/** What tests are made of is evaluated for each file all the same: it keeps folders, servers, and hooks of the file's tests. */
const ofTests = new RegExp(`^${new URL("../../", import.meta.url).href}(?:test|testing)/(?!jest/).+\\.ts$`);
/** How many files were run. */
let files = 0;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === "@jest/globals") return { url: jestGlobals, format: "module", shortCircuit: true };
    const resolved = nextResolve(specifier, context);
    return ofTests.test(resolved.url) ? { ...resolved, url: `${resolved.url}?file=${files}` } : resolved;
  },
  load(url, context, nextLoad) {
    if (!withoutAwaitUsing || !ofTests.test(url.replace(/\?.*/, ""))) return nextLoad(url, context);
    const path = fileURLToPath(url);
    const { code } = require("./await-using.ts").default.process(readFileSync(path, "utf8"), path);
    return { format: "module", source: code, shortCircuit: true };
  },
});

/** Where circus keeps its handlers: it adds to those that it finds. */
const eventHandlers = Symbol.for("EVENT_HANDLERS");

export default class SharedModules {
  #environment;

  constructor(config, environment, ...rest) {
    // biome-ignore lint/correctness/noConstructorReturn: Jest asks for a runtime by `new`, whichever the file has named.
    if (environment.getVmContext() !== null) return new OwnModules(config, environment, ...rest);
    this.#environment = environment;
  }

  /** Circus, evaluated again: it keeps the tests of one file. */
  requireInternalModule(path) {
    delete globalThis[eventHandlers];
    delete require.cache[path];
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    bindGlobals({ ...globals, jest: this.#environment.jest });
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  unstable_importModule(path) {
    files += 1;
    return import(pathToFileURL(path).href);
  }

  // What Jest asks of a runtime besides.
  requireModule = require;
  getSourceMaps = () => new Map();
  getAllCoverageInfoCopy = () => undefined;
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
}
