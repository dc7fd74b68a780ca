/**
 * The operations and the schemas of the wire format, as a bundle has them that is started for each session: they are made when
 * a tool is called first. What a start needs of them (names, titles, scopes) is written into the bundle, as they say it.
 */
import { join } from "node:path";
import type { Plugin } from "esbuild";
import * as api from "../../src/api/index.ts";
import * as operations from "../../src/operations/index.ts";

const root = join(import.meta.dirname, "../..");

/** Parts of the wire format that make no schemas. */
const withoutSchemas = [
  "issues",
  "messaging-window",
  "values/base-url",
  "values/checks",
  "values/conversation-id",
  "values/identifiers",
].map((name) => `src/api/${name}.ts`);

/** What others than the operations use of them: functions, and tables of which some members are schemas or functions. */
const deferred = {
  "src/operations/index.ts": {
    exports: operations as Readonly<Record<string, unknown>>,
    functions: ["parseInput", "findRecipient", "parseRecipient"],
    tables: ["operations"],
    values: ["toolsets"],
    // As src/operations/index.ts has them.
    code: `export const allOperations = Object.values(operations);
export const findOperation = (name) => Object.hasOwn(operations, name) ? operations[name] : undefined;`,
  },
  "src/api/index.ts": {
    exports: api as Readonly<Record<string, unknown>>,
    functions: [
      ...["matchesIdentifiers", "findTemplateBody", "isTemplateBody", "listTemplateVariables"],
      ...["describeNeed", "findSlotMismatch", "listTemplateSlots"],
    ],
    tables: ["events"],
    values: ["eventTypes", "templateMedia", "scopes"],
    code: withoutSchemas.map((path) => `export * from ${JSON.stringify(join(root, path))};`).join("\n"),
  },
};

type Deferred = (typeof deferred)[keyof typeof deferred];

/** A module of which only what is asked for is made, and the rest only when it is asked for. */
function writeModule(path: string, { exports, functions, tables, values, code }: Deferred): string {
  return `const load = () => require(${JSON.stringify(`deferred:${path}`)});
${functions.map((name) => `export const ${name} = (...args) => load().${name}(...args);`).join("\n")}
${values.map((name) => `export const ${name} = ${JSON.stringify(exports[name])};`).join("\n")}
${tables.map((name) => writeTable(name, exports[name] as Table)).join("\n")}
${code}`;
}

type Table = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A table whose entries have at once what is text or short, and the rest when it is asked for. */
function writeTable(table: string, entries: Table): string {
  const written = Object.entries(entries).map(([name, entry]) => {
    const members = Object.entries(entry);
    const short = members.filter(([, value]) => isShort(value));
    const later = members.filter(([, value]) => !isShort(value)).map(([member]) => member);
    return [name, Object.fromEntries(short), later];
  });
  return `export const ${table} = /* @__PURE__ */ (() => {
  const entries = JSON.parse(${JSON.stringify(JSON.stringify(written))});
  for (const [name, entry, later] of entries)
    for (const member of later)
      Object.defineProperty(entry, member, { enumerable: true, get: () => load().${table}[name][member] });
  return Object.fromEntries(entries);
})();`;
}

/** Characters of a member that is no text. */
const maxLength = 300;

function isShort(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  return !("_zod" in value) && JSON.stringify(value).length <= maxLength;
}

/** A file by its path in the project. */
function toName(path: string): string {
  return path.slice(root.length + 1).replaceAll("\\", "/");
}

const room = /^src\/(?:api|operations)\//;

export const deferredModules: Plugin = {
  name: "operations, later",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^deferred:/ }, ({ path }) => ({ path, namespace: "deferred" }));
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir, importer }) => {
      const name = toName(join(resolveDir, path)).replace("operations/recipient.ts", "operations/index.ts");
      // Among themselves they are what they are.
      if (!room.test(name) || room.test(toName(importer)) || withoutSchemas.includes(name)) return undefined;
      if (name in deferred) return { path: name, namespace: "at the start" };
      return { errors: [{ text: `${name} makes schemas at the start: import it by the index.ts of its folder` }] };
    });
    onLoad({ filter: /.*/, namespace: "at the start" }, ({ path }) => ({
      contents: writeModule(path, deferred[path as keyof typeof deferred]),
      loader: "js",
      resolveDir: root,
    }));
    onLoad({ filter: /.*/, namespace: "deferred" }, ({ path }) => {
      const name = path.slice("deferred:".length) as keyof typeof deferred;
      const { functions, tables } = deferred[name];
      return {
        contents: `export { ${[...functions, ...tables].join(", ")} } from ${JSON.stringify(join(root, name))};`,
        loader: "js",
        resolveDir: root,
      };
    });
  },
};
