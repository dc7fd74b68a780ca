/** What each package says of itself, taken from the table, from package.json, and from what its files really import. */
import { manifest, nodeOf, type Package, packages } from "./table.ts";

const { version, license, homepage, repository, bugs, dependencies, peerDependencies } = manifest;

/** Newer ones that promise to be compatible are welcome: a user's own copy then serves both. */
function findRange(name: string): string {
  const range = peerDependencies[name] ?? dependencies[name];
  if (range === undefined) throw new Error(`package.json names no version of ${name}`);
  return /^\d/.test(range) ? `^${range}` : range;
}

/** The file in front of the package that an entry of `exports` names. */
export function nameFront(entry: string): string {
  return entry === "." ? "index" : entry.slice(2);
}

function createExports({ entries, form }: Package): Record<string, unknown> {
  const fronts = Object.keys(entries).map((entry) => {
    const front = `./${nameFront(entry)}`;
    return [entry, { types: `${front}.d.ts`, default: `${front}.js` }];
  });
  const internal = { types: "./dist/*.d.ts", default: "./dist/*.js" };
  return {
    ...Object.fromEntries(fronts),
    ...(form === "files" && { "./internal/*": internal }),
    "./package.json": "./package.json",
  };
}

function takeVersions(names: readonly string[]): Record<string, string> {
  return Object.fromEntries([...names].sort().map((name) => [name, findRange(name)]));
}

/**
 * @param imported the packages from npm that its files import
 * @throws Error where it imports one that whoever installs it would not have, or has one that it does not import
 */
export function createManifest(each: Package, imported: ReadonlySet<string>): Record<string, unknown> {
  const { name, description, keywords, entries, uses, optionalPeers, commands = {}, besides } = each;
  const own = new Set([...uses, ...each.dependencies, ...optionalPeers]);
  const stray = [...imported].filter((imported) => !own.has(imported));
  if (stray.length > 0) throw new Error(`${name} imports ${stray.join(", ")}, which installing it does not bring`);
  const isKnown = (used: string) => packages.some((other) => other.name === used);
  if (!uses.every(isKnown)) throw new Error(`${name} uses a package that the table does not have`);
  return {
    name,
    version,
    description,
    keywords,
    license,
    homepage,
    repository,
    bugs,
    ...besides,
    type: "module",
    // What is bundled leaves the check of the Node's version out.
    sideEffects: false,
    engines: { node: nodeOf(each) },
    ...(Object.keys(commands).length > 0 && {
      bin: Object.fromEntries(
        Object.entries(commands).map(([command, file]) => [
          command,
          file.endsWith(".ts") ? `./dist/${command}.js` : file,
        ]),
      ),
    }),
    exports: createExports(each),
    files: [
      "dist",
      "bin",
      "node-version.js",
      "THIRD-PARTY-LICENSES",
      ...Object.keys(entries).flatMap((entry) => [`${nameFront(entry)}.js`, `${nameFront(entry)}.d.ts`]),
    ],
    // Whoever installs it can see which commit and which workflow it was made by.
    publishConfig: { access: "public", provenance: true },
    dependencies: {
      ...Object.fromEntries(uses.map((used) => [used, version])),
      ...takeVersions(each.dependencies),
    },
    peerDependencies: takeVersions(optionalPeers),
    peerDependenciesMeta: Object.fromEntries(optionalPeers.map((peer) => [peer, { optional: true }])),
  };
}
