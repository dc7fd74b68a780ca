/** The arrows of docs/architecture.md: which room may import which, and which packages live in which room. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..");

/** What each room may import: other rooms by path, packages by name (`node:` is free everywhere). */
const rooms: Record<string, { from: string[]; packages: string[] }> = {
  "src/version.ts": { from: [], packages: [] },
  "src/printable.ts": { from: [], packages: [] },
  "src/bounded.ts": { from: [], packages: [] },
  "src/private-file.ts": { from: [], packages: [] },
  "src/connection-limits.ts": { from: [], packages: [] },
  "src/api": { from: ["src/api"], packages: ["zod"] },
  "src/http": { from: ["src/http"], packages: [] },
  "src/client": { from: ["src/api", "src/client", "src/http/loopback.ts"], packages: ["zod"] },
  "src/client/undici.ts": { from: ["src/client"], packages: ["undici"] },
  "src/events": {
    from: ["src/api", "src/bounded.ts", "src/client", "src/events", "src/private-file.ts"],
    packages: [],
  },
  "src/events/redis/connection.ts": { from: ["src/bounded.ts", "src/events"], packages: ["redis"] },
  "src/events/sinks/sqs.ts": { from: ["src/client/proxy.ts", "src/events"], packages: ["@aws-sdk/client-sqs"] },
  "src/events/sinks/pubsub.ts": { from: ["src/events"], packages: ["@google-cloud/pubsub"] },
  "src/events/signature.ts": { from: [], packages: [] },
  "src/ledger": {
    from: ["src/api", "src/client", "src/events/redis/connection.ts", "src/ledger", "src/private-file.ts"],
    packages: [],
  },
  "src/operations": { from: ["src/api", "src/client", "src/events", "src/operations"], packages: ["zod"] },
  "index.ts": {
    from: ["src", "zapier", "triggers", "creates", "searches"],
    packages: ["zapier-platform-core"],
  },
  triggers: { from: ["src", "zapier", "triggers"], packages: ["zapier-platform-core"] },
  creates: { from: ["src", "zapier", "creates"], packages: ["zapier-platform-core"] },
  searches: { from: ["src", "zapier", "searches"], packages: ["zapier-platform-core"] },
  zapier: { from: ["src", "zapier"], packages: ["zapier-platform-core", "zod"] },
  mcp: { from: ["src", "mcp"], packages: ["@modelcontextprotocol/sdk", "hono", "@hono/node-server", "zod"] },
  // An optional peer: spans for who wants them.
  "mcp/telemetry.ts": { from: ["src", "mcp"], packages: ["@opentelemetry/api"] },
  reference: {
    from: [
      "src/api",
      "src/bounded.ts",
      "src/events/signature.ts",
      "src/http",
      "src/private-file.ts",
      "src/connection-limits.ts",
      "reference",
    ],
    packages: ["hono", "@hono/node-server", "zod", "zod-openapi", "ulid"],
  },
  cli: {
    from: ["src", "mcp", "reference", "cli"],
    packages: ["commander", "pino", "hono", "@hono/node-server", "zod"],
  },
};

/** Rooms that run in Zapier, where undici and the engines of the send ledger must not come along. */
const zapierRooms = ["index.ts", "triggers", "creates", "searches", "zapier"];
const outsideZapier = ["src/client/undici.ts", "src/ledger"];

function sources(path: string): string[] {
  return path.endsWith(".ts")
    ? [path]
    : readdirSync(join(root, path), { withFileTypes: true })
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

const files = ["src", "triggers", "creates", "searches", "zapier", "mcp", "reference", "cli", "index.ts"].flatMap(
  sources,
);

describe("architecture", () => {
  test.each(Object.keys(rooms))("%s imports only what its arrows allow", (room) => {
    const inRoom = files.filter((file) => roomOf(file) === room);
    expect(inRoom).not.toEqual([]);
    expect(inRoom.flatMap((file) => violations(file, importsOf(file)))).toEqual([]);
  });

  test("an arrow that points the wrong way is noticed", () => {
    expect(violations("src/client/retry.ts", ["../../zapier/errors.ts"])).toEqual([
      "src/client/retry.ts → zapier/errors.ts",
    ]);
    expect(violations("src/client/retry.ts", ["undici"])).toEqual(["src/client/retry.ts → package undici"]);
    expect(violations("reference/app.ts", ["../src/client/index.ts"])).toEqual([
      "reference/app.ts → src/client/index.ts",
    ]);
    expect(violations("mcp/tools.ts", ["../reference/index.ts"])).toEqual(["mcp/tools.ts → reference/index.ts"]);
    expect(violations("zapier/transport.ts", ["../src/client/undici.ts"])).toHaveLength(1);
    expect(violations("creates/send_message.ts", ["../src/ledger/index.ts"])).toEqual([
      "creates/send_message.ts → src/ledger/index.ts: must stay out of Zapier",
    ]);
    expect(violations("src/client/send.ts", ["../ledger/sqlite.ts"])).toHaveLength(1);
  });

  test("the imports of a file are all seen", () => {
    expect(importsOf("src/api/index.ts")).toContain("./contact.ts");
    expect(importsOf("src/events/signature.ts")).toEqual(["node:crypto"]);
  });
});
