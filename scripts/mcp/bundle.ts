/**
 * Bundles `onsync mcp` over stdio into one file that starts fast and needs no node_modules, and puts beside it what starts
 * it with its compiled code kept: `node scripts/mcp/bundle.ts [FOLDER]`, by default dist/bin. `onsync-mcp.cjs` is the
 * package's `onsync-mcp` and what the .mcpb starts; `onsync-mcp.bundle.cjs` runs by itself too. `onsync-mcp.proxy.cjs` is
 * undici, loaded where a proxy is set; `onsync-mcp.approvals.cjs` the approval page, where it is served; `onsync-mcp.metrics.cjs`
 * the metrics, where the process has an OpenTelemetry SDK.
 */
import crypto from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { tools } from "../../mcp/tools/index.ts";
import { deferredModules } from "./bundle-deferred.ts";
import { markSchemasPure, sdk, withoutJsonSchema } from "./bundle-sdk.ts";

const root = join(import.meta.dirname, "../..");

const proxyFile = "onsync-mcp.proxy.cjs";
const approvalsFile = "onsync-mcp.approvals.cjs";
const metricsFile = "onsync-mcp.metrics.cjs";

/** In place of a module of ours, by its path in the project. */
const replacements: Record<string, () => string> = {
  // The advertised schemas, ready made: no JSON schema is written at a start, and what writes them stays out. A string is
  // parsed faster than an object literal.
  "mcp/tools/advertise.ts": () => {
    const table = Object.fromEntries(
      tools.map(({ maps, definition: { name, inputSchema, outputSchema } }) => [
        name,
        { inputSchema, maps, outputSchema },
      ]),
    );
    return `const table = JSON.parse(${JSON.stringify(JSON.stringify(table))});
export const advertise = ({ name }) => table[name];`;
  },
  // Node's own fetch is in Node already; undici is worth its half megabyte where many are served, over HTTP, and for the
  // proxies that fetch does not know.
  "src/client/transport/undici.ts": () => `import { fetchTransport } from "./fetch.ts";
import { readProxies } from "../../http/proxy.ts";
import { createOptionError } from "../errors/option-error.ts";
export const undiciTransport = (options) => readProxies(options, createOptionError) === null
  ? Object.assign(fetchTransport(fetch), { close: async () => {} })
  : require("./${proxyFile}").undiciTransport(options);`,
  "mcp/approvals/serve.ts": () =>
    `export const serveApprovals = (...args) => require("./${approvalsFile}").serveApprovals(...args);`,
  // Over stdio there is no port for Prometheus.
  "cli/metrics/index.ts": () => `import { hasOpenTelemetry } from "../../src/opentelemetry.ts";
export const openMetrics = async (...args) =>
  hasOpenTelemetry() ? require("./${metricsFile}").openMetrics(...args) : undefined;`,
  "src/webhooks/store/redis/redis-store.ts": () => `export const openRedisStore = () => {
  throw new Error("onsync-mcp reads the events of a file alone: for those of a Redis run \`onsync mcp --events\`.");
};`,
  "src/ledger/redis/redis-ledger.ts": () => `export const openRedisLedger = async () => {
  throw new Error("onsync-mcp notes sends in a file alone: for a Redis run \`onsync mcp --ledger\`.");
};`,
  "mcp/http/index.ts": () => `import { UsageError } from "../../cli/output/errors.ts";
export const createMcpHttp = () => {
  throw new UsageError("onsync-mcp serves over stdio alone: for HTTP run \`onsync mcp --http\`.");
};`,
};

/** What is changed in a module of ours. */
const changes: Record<string, (source: string) => string> = {
  // Pino is loaded and its log made when a line is written, which most starts never do. A wrong level is told at once.
  "cli/output/log.ts": (source) => `${source
    .replace("import { destination, type Logger, pino } from", "import type { Logger } from")
    .replace("export function createLog(", "function makeLog(")
    .replace(/\b(destination|pino)\(/g, 'require("pino").$1(')}
export function createLog(env, defaultLevel, options) {
  const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
  const unwritten = levels.slice(0, levels.indexOf(readLogLevel(env, defaultLevel)));
  let log;
  return new Proxy({}, {
    get: (_log, name) => {
      if (unwritten.includes(name)) return () => {};
      log ??= makeLog(env, defaultLevel, options);
      const member = log[name];
      return typeof member === "function" ? member.bind(log) : member;
    },
  });
}`,
};

/**
 * What is imported on demand elsewhere is imported at once here: only then can esbuild leave out what nobody uses.
 */
function hoistDynamicImports(source: string): string {
  const imports: string[] = [];
  const rest = source.replace(/\bimport\(("[^"]+")\)/g, (_all, path: string) => {
    imports.push(`import * as imported${imports.length} from ${path};`);
    return `Promise.resolve(imported${imports.length - 1})`;
  });
  return imports.join("\n") + rest;
}

const ownModules: Plugin = {
  name: "ours",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](cli|mcp|src)[\\/].*\.ts$/ }, ({ path }) => {
      const name = path.slice(root.length + 1).replaceAll("\\", "/");
      const replacement = replacements[name];
      if (replacement) return { contents: replacement(), loader: "js" };
      const source = changes[name]?.(readFileSync(path, "utf8")) ?? readFileSync(path, "utf8");
      return {
        contents: name.startsWith("cli/") ? hoistDynamicImports(source) : markSchemasPure(source),
        loader: "ts",
      };
    });
  },
};

/** Parts of Node that a start does not need, with the functions used of them: loaded when one is called. */
const lazyParts: Record<string, readonly string[]> = {
  "node:child_process": ["spawn"],
  "node:crypto": Object.keys(crypto).filter((name) => /^[a-z]/.test(name)),
  // A class: made by a function all the same, `new` takes the object it returns.
  "node:sqlite": ["DatabaseSync"],
};
const lazyNodeParts: Plugin = {
  name: "parts of Node, later",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(lazyParts).join("|")})$`) }, ({ path, namespace }) =>
      namespace === "later" ? { path, external: true } : { path, namespace: "later" },
    );
    onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => {
      const names = lazyParts[path] ?? [];
      const functions = names.map((name) =>
        /^[A-Z]/.test(name)
          ? `export const ${name} = function (...args) { return new (require("${path}").${name})(...args); };`
          : `export const ${name} = (...args) => require("${path}").${name}(...args);`,
      );
      return { contents: `${functions.join("\n")}\nexport default { ${names.join(", ")} };`, loader: "js" };
    });
  },
};

/** What pino brings for transports, which run in worker threads: we have none, and write to stderr ourselves. */
const pinoParts: Record<string, string> = {
  "thread-stream": "",
  worker_threads: "exports.isMainThread = true;",
  assert: 'module.exports = (...args) => require("node:assert")(...args);',
};
const pino: Plugin = {
  name: "pino, to stderr",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(pinoParts).join("|")})$`) }, ({ path }) => ({
      path,
      namespace: "pino",
    }));
    onLoad({ filter: /.*/, namespace: "pino" }, ({ path }) => ({ contents: pinoParts[path] ?? "", loader: "js" }));
  },
};

/** @returns the size of the bundle in bytes */
export async function bundle(folder: string): Promise<number> {
  const file = join(folder, "onsync-mcp.bundle.cjs");
  const options = {
    bundle: true,
    platform: "node",
    // An ES module's import of node:http alone would load all of Node's own fetch, needed or not.
    format: "cjs",
    target: "node22.21",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  } satisfies BuildOptions;
  await build({
    ...options,
    entryPoints: [join(root, "cli/onsync-mcp.ts")],
    outfile: file,
    external: ["@opentelemetry/api", `./${proxyFile}`, `./${approvalsFile}`, `./${metricsFile}`],
    plugins: [deferredModules, ownModules, sdk, withoutJsonSchema, lazyNodeParts, pino],
  });
  await build({
    ...options,
    entryPoints: [join(root, "src/client/transport/undici.ts")],
    outfile: join(folder, proxyFile),
  });
  await build({
    ...options,
    entryPoints: [join(root, "mcp/approvals/serve.ts")],
    outfile: join(folder, approvalsFile),
  });
  await build({
    ...options,
    entryPoints: [join(root, "cli/metrics/index.ts")],
    outfile: join(folder, metricsFile),
    external: ["@opentelemetry/api", "prom-client"],
  });
  const launcher = join(folder, "onsync-mcp.cjs");
  copyFileSync(join(import.meta.dirname, "launcher.cjs"), launcher);
  for (const each of [file, launcher]) chmodSync(each, 0o755);
  return statSync(file).size;
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(root, "dist/bin");
  console.log(
    `wrote ${join(folder, "onsync-mcp.cjs")} and its bundle of ${Math.round((await bundle(folder)) / 1024)} KiB`,
  );
}
