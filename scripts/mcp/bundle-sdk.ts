/** The MCP SDK as a bundle of ours has it: without what we never use, and with schemas that are made when they are asked for. */
import { readFileSync } from "node:fs";
import { type Plugin, transform } from "esbuild";

/** Zod's schemas do nothing but exist: those that nobody uses may go. */
export function markSchemasPure(source: string): string {
  return source.replace(/(?<![.\w])(z|\w+Schema)\.(?=\w+\()/g, "/* @__PURE__ */ $1.");
}

/** Parts of the SDK's bundled files, by the source they come from, and what stands in their place. */
const sdkRegions: Record<string, string> = {
  // A checker for each type there is, made at the start and used by those who call the SDK's own functions for them.
  "../core-internal/src/types/specTypeSchema.ts": "const specTypeSchemas = {}, isSpecType = {};",
  // The server that writes schemas of its own: it is asked for by name alone, to tell it from ours.
  "src/server/mcp.ts": "class McpServer {} class ResourceTemplate {}",
};
function replaceRegion(source: string, region: string, replace: (code: string) => string): string {
  const start = source.indexOf(`//#region ${region}\n`);
  if (start < 0) return source;
  const [from, to] = [source.indexOf("\n", start), source.indexOf("\n//#endregion", start)];
  return source.slice(0, from) + replace(source.slice(from, to)) + source.slice(to);
}
function leaveOutRegions(source: string): string {
  return Object.entries(sdkRegions).reduce(
    (rest, [region, replacement]) => replaceRegion(rest, region, () => `\n${replacement}`),
    source,
  );
}

/**
 * The SDK makes all schemas of a revision as soon as one of them is asked for. Here each is made when it is asked for itself:
 * a start needs few of them.
 */
function makeSchemasLater(source: string): string {
  const registry = replaceRegion(source, "../core-internal/src/wire/rev2025-11-25/registry.ts", (region) =>
    region.replace(/^(\t{3})([\w"/]+): (s\.\w+)/gm, "$1get $2() { return $3; }"),
  );
  return replaceRegion(registry, "../core-internal/src/wire/rev2025-11-25/buildSchemas.ts", (region) => {
    const code = region.replace(/\/\*\*[\s\S]*?\*\//g, "").replace(/\n\s*\n/g, "\n");
    const names = [...code.matchAll(/^\tconst ([\w$]+) = /gm)].map(([, name]) => name);
    const [made = "", given = "", after = ""] = code
      // Not a member's name, but what is spread.
      .replace(/(?<![\w$]|[^.]\.)[\w$]+(?![\w$:])/g, (word) => (names.includes(word) ? `${word}()` : word))
      .split(/\n\treturn \{|\n\t\};/);
    const asked = [...given.matchAll(/^\t{2}(\w+): ([\s\S]*?),?$(?=\n\t{2}\w|$(?!\n))/gm)].filter(([, name]) =>
      new RegExp(`\\.${name}\\b`).test(source),
    );
    return `
const makeLater = (make) => { let made; return () => made ??= make(); };
${made.replace(/^\tconst ([\w$]+)\(\) = ([\s\S]*?);$(?=\n\tconst |$(?!\n))/gm, "const $1 = makeLater(() => $2);")}
${asked.map(([, name, schema]) => `const get${name} = makeLater(() => ${schema});`).join("\n")}
return { ${asked.map(([, name]) => `get ${name}() { return get${name}(); }`)} };${after}`;
  });
}

/**
 * The SDK's schemas do nothing but exist either, and neither do its constants that are made of them, nor a function with
 * others on it of which none is used.
 */
function markSdkPure(source: string): string {
  return markSchemasPure(source)
    .replace(/^const (\w+Schema|[A-Z_]+) = ([\s\S]*?);$(?=\n[a-z/])/gm, "const $1 = /* @__PURE__ */ (() => ($2))();")
    .replace(/^const (\w+) = (?=Object\.assign\()/gm, "const $1 = /* @__PURE__ */ ");
}

/** What the MCP SDK imports and we never use: another validator, the schemas of OAuth, most schemas of its own. */
export const sdk: Plugin = {
  name: "the SDK",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => ({ path, namespace: "left out" }));
    onLoad({ filter: /.*/, namespace: "left out" }, () => ({
      contents: `export { default as process } from "node:process"; export class DefaultJsonSchemaValidator {}`,
      loader: "js",
    }));
    onLoad({ filter: /@modelcontextprotocol[\\/](core|server)[\\/]dist[\\/].*\.mjs$/ }, async ({ path }) => {
      // Comments have examples in them, which would be marked too.
      const source = makeSchemasLater(leaveOutRegions(readFileSync(path, "utf8")));
      const { code } = await transform(source, { legalComments: "none" });
      return { contents: markSdkPure(code), loader: "js" };
    });
  },
};

/** Schemas that are advertised are ready made: what zod writes them with is not used. */
export const withoutJsonSchema: Plugin = {
  name: "without JSON Schema",
  setup: ({ onLoad }) =>
    onLoad({ filter: /zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/ }, ({ path }) => ({
      contents: [...readFileSync(path, "utf8").matchAll(/^export (?:function|const) (\w+)/gm)]
        .map(([, name]) => `export const ${name} = () => undefined;`)
        .join("\n"),
      loader: "js",
    })),
};
