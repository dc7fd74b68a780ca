/** `onsync forget` in a world of two people, for each test its own. */
import { afterEach, beforeEach } from "@jest/globals";
import { countTraces, createWorld, type Someone, type World } from "../../../testing/forget/two-people.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/forget/index.ts";
import "../../../src/data/index.ts";
import "../../../src/ledger/forget.ts";
import "../../../src/ledger/sqlite/forget.ts";
import { onsync } from "../command.ts";

export let folder: ReturnType<typeof temporaryFolder>;
export let world: World;

/** To be called once in a file. */
export function createWorldForEachTest(): void {
  beforeEach(async () => {
    folder = temporaryFolder();
    world = await createWorld(folder.path);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
}

export function run(args: readonly string[], more: Parameters<typeof onsync>[1] = {}) {
  const env = { ONSYNC_BASE_URL: world.url, ONSYNC_API_KEY: world.reference.key, ...more.env };
  return onsync(["forget", ...args], { ...more, env });
}

export function places(): string[] {
  return ["--events", world.events, "--ledger", world.ledger];
}

export function lastLine(stdout: string): Record<string, never> & { [name: string]: unknown } {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

export async function readContact(id: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${world.url}/contacts/${id}`, {
    headers: { Authorization: `Bearer ${world.reference.key}` },
  });
  const {
    activity: _activity,
    requestId: _id,
    timestamp: _at,
    ...contact
  } = (await response.json()) as Record<string, unknown>;
  return contact;
}

/** No trace of anything. */
export const zero = (someone: Someone) =>
  Object.fromEntries(Object.keys(countTraces(folder.path, someone)).map((trace) => [trace, 0]));
