/** The arrows of docs/architecture.md: which room may import which, and which packages live in which room. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { rooms } from "./rooms.ts";

const root = join(import.meta.dirname, "..");

/** What is not shipped. What tests, torture and benchmarks share lives in `testing`, so that none imports from another. */
const product = ["src", "index.ts", "triggers", "creates", "searches", "zapier", "mcp", "reference", "cli"];
const workshops: Record<string, string[]> = {
  testing: [...product, "testing"],
  // The judge must not share a mistake with what it judges.
  "testing/hostile": ["src/client/index.ts", "src/client/ledger/ledger.ts", "testing/hostile"],
  bench: [...product, "scripts/mcp", "testing", "bench"],
  scripts: [...product, "testing", "scripts"],
  test: [...product, "package.json", "testing", "scripts", "bench", "test"],
};

/** Rooms that run in Zapier, where undici and the engines of the send ledger must not come along. */
const zapierRooms = ["index.ts", "triggers", "creates", "searches", "zapier"];
const outsideZapier = ["src/client/transport/undici.ts", "src/ledger"];

function sources(path: string): string[] {
  return path.endsWith(".ts")
    ? [path]
    : readdirSync(join(root, path), { withFileTypes: true })
        .filter(({ name }) => name !== "node_modules")
        .flatMap((entry) => (entry.isDirectory() || entry.name.endsWith(".ts") ? sources(`${path}/${entry.name}`) : []))
        .sort();
}

const importPattern =
  /(?:^|[\s;])(?:import|export)\s+(?:[^"'`;]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), "utf8").matchAll(importPattern)].map(
    (match) => (match[1] ?? match[2]) as string,
  );
}

function within(path: string, room: string) {
  return path === room || path.startsWith(`${room}/`);
}

function roomOf(file: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => within(file, room))
    .sort((a, b) => b.length - a.length)[0];
}

/** Every import of a file that its room does not allow, in words. */
function violations(file: string, imports: string[]): string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file} is in no room`];
  const { from, packages } = rooms[room] as (typeof rooms)[string];
  return imports.flatMap((specifier) => {
    if (specifier.startsWith("node:")) return [];
    if (specifier.startsWith(".")) {
      const target = relative(root, join(root, dirname(file), specifier))
        .split(sep)
        .join("/");
      if (zapierRooms.includes(room) && outsideZapier.some((path) => within(target, path)))
        return [`${file} → ${target}: must stay out of Zapier`];
      return from.some((allowed) => within(target, allowed)) ? [] : [`${file} → ${target}`];
    }
    return packages.some((allowed) => within(specifier, allowed)) ? [] : [`${file} → package ${specifier}`];
  });
}

/** The files of this project that a file imports. (What a script writes into a bundle looks like an import of its own.) */
function targetsOf(file: string): string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) =>
      relative(root, join(root, dirname(file), specifier))
        .split(sep)
        .join("/"),
    )
    .filter((target) => existsSync(join(root, target)));
}

/** A way along imports that comes back to where it began; `null` where there is none. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target, [...way, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return null;
}

const files = ["src", "triggers", "creates", "searches", "zapier", "mcp", "reference", "cli", "index.ts"].flatMap(
  sources,
);

describe("architecture", () => {
  test.each(Object.keys(rooms))("%s imports only what its arrows allow", (room) => {
    const inRoom = files.filter((file) => roomOf(file) === room);
    expect(inRoom).not.toEqual([]);
    expect(inRoom.flatMap((file) => violations(file, importsOf(file)))).toEqual([]);
  });

  test.each(Object.entries(workshops))("%s imports only what its arrows allow", (room, allowed) => {
    const wrong = sources(room).flatMap((file) =>
      targetsOf(file)
        .filter((target) => !allowed.some((place) => within(target, place)))
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("SQLite is loaded in one place, which lets no text be cut", () => {
    const loading = files.filter((file) =>
      /^import (?!type).*"node:sqlite"|getBuiltinModule\("node:sqlite"\)/m.test(readFileSync(join(root, file), "utf8")),
    );
    expect(loading).toEqual(["src/sqlite.ts"]);
  });

  test("what a Zap's step imports brings no list of everything along", () => {
    const lists = ["src/api/index.ts", "src/operations/index.ts"];
    const ofSteps = files.filter((file) => [...zapierRooms, "src/operations"].includes(roomOf(file) ?? ""));
    const wrong = ofSteps.flatMap((file) => {
      const values = [
        ...readFileSync(join(root, file), "utf8").matchAll(/^(?:import|export) (?!type )[^"]*"(\..+)";/gm),
      ];
      const targets = values.map(([, specifier = ""]) => relative(root, join(root, dirname(file), specifier)));
      return targets.filter((target) => lists.includes(target)).map((target) => `${file} → ${target}`);
    });
    expect(ofSteps).toContain("creates/send-message.ts");
    expect(wrong).toEqual([]);
  });

  test("no imports go round in a circle", () => {
    const all = [...files, ...Object.keys(workshops).flatMap(sources)];
    expect(findCircle(new Map(all.map((file) => [file, targetsOf(file)])))).toBeNull();
  });

  test("a circle is noticed", () => {
    const circle = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", []],
      ["d", ["b"]],
    ]);
    expect(findCircle(circle)).toEqual(["b", "d", "b"]);
  });

  test("an arrow that points the wrong way is noticed", () => {
    expect(violations("src/client/retry.ts", ["../../zapier/errors.ts"])).toEqual([
      "src/client/retry.ts → zapier/errors.ts",
    ]);
    expect(violations("src/client/retry.ts", ["undici"])).toEqual(["src/client/retry.ts → package undici"]);
    expect(violations("reference/http/app.ts", ["../../src/client/index.ts"])).toEqual([
      "reference/http/app.ts → src/client/index.ts",
    ]);
    expect(violations("mcp/tools.ts", ["../reference/index.ts"])).toEqual(["mcp/tools.ts → reference/index.ts"]);
    expect(violations("zapier/connection/transport.ts", ["../../src/client/transport/undici.ts"])).toHaveLength(1);
    expect(violations("creates/send_message.ts", ["../src/ledger/index.ts"])).toEqual([
      "creates/send_message.ts → src/ledger/index.ts: must stay out of Zapier",
    ]);
    expect(violations("src/client/send/send.ts", ["../../ledger/sqlite.ts"])).toHaveLength(1);
  });

  test("the imports of a file are all seen", () => {
    expect(importsOf("src/api/index.ts")).toContain("./contact.ts");
    expect(importsOf("src/api/signature.ts")).toEqual([
      "node:crypto",
      "./signature-format.ts",
      "./signature-format.ts",
    ]);
  });
});

test("no statement has a bound limit alone, for which SQLite compiles it again each time it runs", () => {
  const files = ["src", "reference", "mcp", "cli"].flatMap(sources);
  expect(files.filter((file) => /\bLIMIT (?:\?|:\w+\b)(?! \+ 0)/.test(readFileSync(join(root, file), "utf8")))).toEqual(
    ["src/sqlite.ts"],
  );
});
