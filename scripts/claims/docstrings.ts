/**
 * The claims of the public docstrings: of everything that the package's entries export, and of its members. The sources
 * are formatted by one tool, so a declaration is what stands from its `export` to the next line that closes it.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Claim } from "./documents.ts";
import { isClaim, plainText, splitSentences } from "./sentences.ts";

type Exported = Map<string, Set<string>>;

function note(exported: Exported, file: string, name: string): void {
  const names = exported.get(file) ?? new Set();
  exported.set(file, names.add(name));
}

const declaration = /^export (?:declare )?(?:abstract )?(?:async )?(?:const|function|class|type|interface|let) (\w+)/gm;

const memberComment =
  /(?<=\n +)(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*(?:(?:readonly|declare|override|static|async|get) )*(\w+)/g;

/** Follows `export … from`, until each name is known by the file that declares it. `wanted` null: all of them. */
function follow(file: string, wanted: ReadonlySet<string> | null, exported: Exported): void {
  const source = readFileSync(file, "utf8");
  for (const [, name = ""] of source.matchAll(declaration)) if (wanted?.has(name) !== false) note(exported, file, name);
  for (const [, names, from = ""] of source.matchAll(
    /^export (?:type )?(?:\{([^}]*)\}|\*(?: as \w+)?) from "(\.[^"]+)";$/gm,
  )) {
    const listed = names
      ?.split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => name.split(" as "))
      .filter(([name, alias]) => wanted?.has((alias ?? name) as string) !== false)
      .map(([name]) => name as string);
    if (listed?.length !== 0) follow(join(dirname(file), from), listed ? new Set(listed) : wanted, exported);
  }
}

/** The sources of the package's entries: what is built into `dist/` stands at the same path. */
function entriesOf(root: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, unknown> };
  return Object.values(manifest.exports)
    .flatMap((entry) => Object.values(entry as Record<string, string>).map((path) => path))
    .filter((path) => typeof path === "string" && path.endsWith(".js"))
    .map((path) => join(root, path.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts")))
    .filter((path) => existsSync(path));
}

function textOf(comment: string): string {
  return comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/^\s*\* ?/gm, "")
    .replace(/@example[\s\S]*?(?=\n@|$)/g, "");
}

function sentencesOfComment(comment: string): string[] {
  return textOf(comment)
    .split(/\n\s*\n|\n(?=@)|\n(?=- )/)
    .flatMap((paragraph) => splitSentences(plainText(paragraph)));
}

/** By file, relative to the root: claims with the exported name they stand at. */
export function readDocstringClaims(root: string): Map<string, Claim[]> {
  const exported: Exported = new Map();
  const entries = entriesOf(root);
  for (const entry of entries) follow(entry, null, exported);
  const claims = new Map<string, Claim[]>();
  for (const [file, names] of [...exported].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = readFileSync(file, "utf8");
    const found: Claim[] = [];
    const add = (name: string, comment: string): void => {
      for (const sentence of sentencesOfComment(comment)) {
        if (isClaim(sentence)) found.push({ text: `${name}: ${sentence}`, section: name });
      }
    };
    if (entries.includes(file)) add("the entry", /^\/\*\*[\s\S]*?\*\//.exec(source)?.[0] ?? "");
    for (const match of source.matchAll(declaration)) {
      const name = match[1] as string;
      if (!names.has(name)) continue;
      const before = /(?:^|\n)(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n$/.exec(source.slice(0, match.index))?.[1];
      if (before !== undefined) add(name, before);
      // What stands inside a function is not public; the members of a type or a class are.
      if (!/(?:class|type|interface) \w+$/.test(match[0])) continue;
      const body = /^.*\n(?: .*\n|\n)*/.exec(source.slice(match.index))?.[0] ?? "";
      for (const [, comment = "", member] of body.matchAll(memberComment)) add(`${name}.${member}`, comment);
    }
    if (found.length > 0) claims.set(relative(root, file), found);
  }
  return claims;
}
