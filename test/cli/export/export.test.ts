/** `onsync export`: places, formats, what is said, and the exit codes. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { readParts, readRows } from "../../../testing/exports/export-to.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/index.ts";
import { onsync } from "../command.ts";

let reference: Reference;
let folder: ReturnType<typeof temporaryFolder>;
let env: Record<string, string>;

async function start(options: { extensions?: boolean } = {}): Promise<void> {
  reference = createReference(options);
  const { url } = await reference.listen();
  env = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: reference.key, XDG_STATE_HOME: join(folder.path, "state") };
  for (const [from, content] of [
    ["+971500000001", "Hi"],
    ["+971500000001", "=1+1"],
    ["+971500000002", "Salam"],
  ] as const)
    await reference.control.inbound({ platform: "whatsapp", from, content });
}

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await reference.close();
  folder[Symbol.dispose]();
});

function run(args: readonly string[], more: Parameters<typeof onsync>[1] = {}) {
  return onsync(["export", ...args], { env, ...more });
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("with OnSync's lists", () => {
  beforeEach(() => start());

  test("tables go into a folder, and it is said up to when they are complete", async () => {
    const out = join(folder.path, "out");
    const { code, stdout } = await run(["contacts", "messages", "conversations", "--to", out]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Done: 7 rows, \d requests\nComplete up to \d{4}-.*Z\n$/),
    });
    expect(["contacts", "messages", "conversations"].map((table) => readParts(folder.path, table).length)).toEqual([
      2, 3, 2,
    ]);
  });

  test("with --json there is a line for each event, and the last has the figures", async () => {
    const { code, stdout, stderr } = await run([
      "messages",
      "--to",
      join(folder.path, "m.ndjson"),
      "--verify",
      "all",
      "--json",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const events = lines(stdout);
    expect(events.find(({ plan }) => plan)).toEqual({
      plan: true,
      conversations: 2,
      requests: 2,
      finishesAt: expect.any(String),
    });
    expect(events.at(-1)).toEqual({
      ...{ done: true, rows: 3, requests: 6, completeUpTo: expect.any(String), unknown: 0, unknowns: [] },
      verified: { compared: 3, newer: 0, missing: 0, different: 0, extra: 0 },
    });
  });

  test("a CSV has no cell that is a formula to a spreadsheet", async () => {
    const file = join(folder.path, "m.csv");
    await run(["messages", "--to", file]);
    const text = readFileSync(file, "utf8");
    expect(text).toContain(`"'=1+1"`);
    expect(text).not.toMatch(/(?:^|,)"[=+@-]/m);
  });

  test("--to - is NDJSON on stdout, and what is said goes to stderr", async () => {
    const { code, stdout, stderr } = await run(["messages", "--to", "-"]);
    expect(code).toBe(0);
    expect(
      lines(stdout)
        .map(({ content }) => content)
        .sort(),
    ).toEqual(["=1+1", "Hi", "Salam"]);
    expect(stderr).toContain("Done: 3 rows");
  });

  test("--format singer goes on from the state that it gave", async () => {
    // Nothing that was made can come late any more.
    await reference.control.clock({ advanceMs: 60_000 });
    const first = await run(["messages", "--to", "-", "--format", "singer"]);
    const messages = lines(first.stdout);
    expect(messages.map(({ type }) => type)).toEqual(["SCHEMA", "RECORD", "RECORD", "RECORD", "STATE"]);
    const state = join(folder.path, "state.json");
    writeFileSync(state, JSON.stringify(messages.at(-1)?.value));
    await reference.control.inbound({ platform: "whatsapp", from: "+971500000003", content: "New" });
    const second = await run(["messages", "--to", "-", "--format", "singer", "--state", state]);
    expect(lines(second.stdout).filter(({ type }) => type === "RECORD")).toEqual([
      expect.objectContaining({ stream: "messages", record: expect.objectContaining({ content: "New" }) }),
    ]);
  });

  test("--contact exports one contact's data alone", async () => {
    const [contact] = (await run(["contacts", "--to", "-"]).then(({ stdout }) => lines(stdout))) as { id: string }[];
    const out = join(folder.path, "out");
    const { code } = await run(["contacts", "messages", "conversations", "--contact", contact?.id ?? "", "--to", out]);
    expect(code).toBe(0);
    expect(readParts(folder.path, "contacts").map(({ id }) => id)).toEqual([contact?.id]);
    expect(new Set(readParts(folder.path, "conversations").map(({ contactId }) => contactId))).toEqual(
      new Set([contact?.id]),
    );
    expect(readParts(folder.path).length).toBeGreaterThan(0);
    expect(readParts(folder.path).length).toBeLessThan(3);
    expect(await run(["contacts", "--contact", "contact_none", "--to", join(folder.path, "none")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--contact: OnSync has no contact contact_none"),
    });
  });

  test("--redact leaves no number, name or text, and is not mixed with rows that have them", async () => {
    const out = join(folder.path, "out");
    await run(["contacts", "messages", "conversations", "--redact", "--to", out]);
    const text = ["contacts", "messages", "conversations"]
      .map((table) => JSON.stringify(readParts(folder.path, table)))
      .join();
    expect(text).not.toMatch(/97150000000|Salam|1\+1/);
    expect(new Set(readParts(folder.path).map(({ conversationId }) => conversationId)).size).toBe(2);
    const again = await run(["messages", "--to", out]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("exported with --redact") });
  });

  test("the key is in no file that is left, and a key of another org is refused", async () => {
    const out = join(folder.path, "out");
    await run(["messages", "--to", out]);
    for (const name of readdirSync(folder.path, { recursive: true, encoding: "utf8" })) {
      const path = join(folder.path, name);
      if (existsSync(path) && !readdirSyncSafe(path)) expect(readFileSync(path, "latin1")).not.toContain(reference.key);
    }
    const { id: orgId } = await reference.control.createOrg({ name: "Other" });
    const { key } = await reference.control.createKey({ orgId });
    const other = await run(["messages", "--to", out], { env: { ...env, ONSYNC_API_KEY: key } });
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/This is an export of org_\w+, and this key is of org_/),
    });
  });

  test("a row that was changed in a file is found by --verify", async () => {
    const file = join(folder.path, "m.ndjson");
    await run(["messages", "--to", file]);
    writeFileSync(file, readFileSync(file, "utf8").replace("Salam", "Zalam"));
    expect(await run(["messages", "--to", file, "--verify", "all", "--json"])).toMatchObject({ code: 3 });
    expect(readRows(file).some(({ content }) => content === "Zalam")).toBe(true);
  });
});

describe("without OnSync's lists", () => {
  beforeEach(() => start({ extensions: false }));

  test("what nobody named is said as a number, nothing is called complete, and the exit code tells", async () => {
    const { code, stdout } = await run(["contacts", "messages", "--to", join(folder.path, "out")]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Done: 0 rows, 3 requests\nNot complete: 2 things cannot be known\n/);
    expect(stdout).toContain("1: list of conversations, which this OnSync does not have: those that nobody named");
    expect(stdout).not.toContain("Complete up to");
  });

  test("--known names contacts, conversations and numbers", async () => {
    const known = join(folder.path, "known.txt");
    writeFileSync(known, "+971 50 000 0001\r\nwhatsapp:+971500000002\n+971500000009\n");
    const { code } = await run(["messages", "--known", known, "--to", join(folder.path, "out"), "--json"]);
    expect(code).toBe(3);
    expect(readParts(folder.path)).toHaveLength(3);
    writeFileSync(known, "+971500000001\nhello world\n");
    expect(await run(["messages", "--known", known, "--to", join(folder.path, "else")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--known: line 2 is no contact id"),
    });
  });
});

describe("called wrongly", () => {
  beforeEach(() => start());

  test.each<[string[], string]>([
    [["messages"], "required option '--to <place>' not specified"],
    [["message", "--to", "x"], "Give one or several of contacts, messages, conversations."],
    [["messages", "--to", "x.txt"], "x.txt is a file whose name ends with none of"],
    [["messages", "--to", "s3://bucket/x"], "s3:// is nothing that can be exported to"],
    [["messages", "--to", "x.csv", "--format", "parquet"], "the name of x.csv says csv"],
    [["messages", "contacts", "--to", "x.csv"], "a file has one table"],
    [["messages", "contacts", "--to", "-"], "NDJSON does not tell tables apart"],
    [["messages", "--to", "-", "--format", "csv"], "--format csv is for files"],
    [["messages", "--to", "x", "--format", "singer"], "--format singer is for stdout"],
    [["messages", "--to", "-", "--verify"], "what was written to stdout cannot be read again"],
    [["messages", "--to", "duckdb:x", "--redact"], "--redact is for files and stdout"],
    [["messages", "--to", "no/such/folder/x"], "its folder is not there"],
  ])("%j is refused with what to do", async (args, message) => {
    const { code, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});

function readdirSyncSafe(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
