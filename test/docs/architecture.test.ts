/** docs/architecture.md names files that are there, and roads that a reader can follow without turning back. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

/** Files that the one before them is given, in place of importing them. */
const given: Record<string, string> = {
  "src/operations/send-message.ts": "a tool and an action hold their operation",
  "src/client/resources/messages.ts": "an operation's `run` is given a client",
  "src/client/transport/undici.ts": "a client is given its transport",
  "zapier/connection/transport.ts": "a client is given its transport",
  "src/webhooks/store/sqlite/sqlite-store.ts": "a receiver is given its store",
  "src/webhooks/dispatcher/dispatcher.ts": "the store wakes it",
  "src/webhooks/sinks/http.ts": "a dispatcher is given its sink",
  "reference/http/app.ts": "a server is given what answers",
  "reference/store/contacts.ts": "the rules are given the store",
};

type Road = { title: string; files: string[] };

function readRoads(): Road[] {
  const section = page.slice(page.indexOf("## Four roads"), page.indexOf("## Define once"));
  return [...section.matchAll(/^(.+):\n\n((?:\d+\. .+\n)+)/gm)].map(([, title = "", list = ""]) => ({
    title,
    files: [...list.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file = ""]) => file),
  }));
}

/** What a file imports to run; types alone lead nowhere. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(/^(?:import|export) (?!type )([^;]*?) ?from "(\.[^"]+)"/gm)]
    .filter(([, names = ""]) => !/^\{(?:\s*type \w+(?: as \w+)?,?)*\s*\}$/.test(names))
    .map(([, , path = ""]) => join(dirname(file), path));
}

/** The same, with what the listings of folders stand for. */
function reachedBy(file: string): string[] {
  return importsOf(file).flatMap((target) =>
    target.endsWith("/index.ts") ? [target, ...reachedBy(target)] : [target],
  );
}

const roads = readRoads();

describe("the page on the architecture", () => {
  test("names files and folders that are there", () => {
    const named = [
      ...page.matchAll(/`((?:src|mcp|zapier|creates|reference|cli|test|testing|scripts|bench)\/[\w./-]*)`/g),
    ]
      .map(([, path = ""]) => path)
      .filter((path) => !existsSync(join(root, path)));
    expect(named).toEqual([]);
  });

  test("has four roads, none longer than twelve files", () => {
    expect(roads.map(({ title }) => title)).toHaveLength(4);
    for (const { files } of roads) expect(files.length).toBeLessThanOrEqual(12);
  });

  test.each(roads)("$title: no file is opened twice, and none leads back to one before it", ({ files }) => {
    expect(new Set(files).size).toBe(files.length);
    const back = files.flatMap((file, index) =>
      importsOf(file)
        .filter((target) => files.slice(0, index).includes(target))
        .map((target) => `${file} → ${target}`),
    );
    expect(back).toEqual([]);
  });

  test.each(roads)("$title: each file is imported by one before it, or given to it", ({ files }) => {
    const unreachable = files.filter(
      (file, index) =>
        index > 0 && !(file in given) && !files.slice(0, index).some((before) => reachedBy(before).includes(file)),
    );
    expect(unreachable).toEqual([]);
  });

  test("an exception that no road needs goes", () => {
    const needed = roads.flatMap(({ files }) =>
      files.filter(
        (file, index) => index > 0 && !files.slice(0, index).some((before) => reachedBy(before).includes(file)),
      ),
    );
    expect(Object.keys(given).filter((file) => !needed.includes(file))).toEqual([]);
  });
});
