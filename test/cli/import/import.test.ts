/** `onsync import contacts`: the plan, the questions, the JSON lines and the exit codes. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/index.ts";
import "../../../src/data/rows/parquet.ts";
import { onsync } from "../command.ts";

let reference: Reference;
let folder: ReturnType<typeof temporaryFolder>;
let requests: number;
let env: Record<string, string>;
let file: string;

beforeEach(async () => {
  requests = 0;
  reference = createReference({ log: () => (requests += 1) });
  folder = temporaryFolder();
  const { url } = await reference.listen();
  env = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: reference.key, XDG_STATE_HOME: join(folder.path, "state") };
  file = join(folder.path, "contacts.csv");
  writeFileSync(
    file,
    "First Name,Mobile,Company\nSara,050 000 0000,ACME\nAli,12,\nEve,+971511111111,\nEva,+971511111111,\n",
  );
});
afterEach(async () => {
  await reference.close();
  folder[Symbol.dispose]();
});

function run(args: readonly string[], more: Parameters<typeof onsync>[1] = {}) {
  return onsync(["import", "contacts", ...args], { env, ...more });
}

function lines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function contacts() {
  const found: { firstName?: string | null | undefined; properties: Record<string, unknown> }[] = [];
  for await (const contact of peerOf(reference).contacts.iterate()) found.push(contact);
  return found;
}

describe("a dry run", () => {
  test("shows columns, rows that are not valid, groups, requests and the end, without a request, a key or a file", async () => {
    const { code, stdout, stderr } = await run([file, "--country", "AE", "--dry-run"], {
      env: { ...env, ONSYNC_API_KEY: "" },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("4 rows (CSV, UTF-8, separated by commas)");
    expect(stdout).toMatch(/ {2}Mobile +is phone\n {2}Company +left out\n/);
    expect(stdout).toContain("line 3: phone is no phone number of AE");
    expect(stdout).toContain("lines 4, 5 share phone");
    expect(stdout).toMatch(/1 request at 600 an hour of the org's 1,000: done at \d{4}-\d\d-\d\d \d\d:\d\d\n/);
    expect(readdirSync(folder.path).sort()).toEqual(["contacts.csv", "state"]);
    expect(requests).toBe(0);
  });

  test("with --json is one line of figures", async () => {
    const { stdout } = await run([file, "--country", "AE", "--dry-run", "--json"]);
    expect(lines(stdout)).toEqual([
      expect.objectContaining({
        ...{ plan: true, rows: 4, valid: 3, invalid: 1, duplicates: 2, unchanged: 0, requests: 1 },
        finishesAt: expect.stringMatching(/^\d{4}-.*Z$/),
        mapping: { "First Name": "firstName", Mobile: "phone", Company: "-" },
      }),
    ]);
  });

  test("keeps what --map says for the next time", async () => {
    await run([file, "--dry-run", "--map", "Company=properties.company", "--map", "First Name=lastName"]);
    const { stdout } = await run([file, "--dry-run", "--json"]);
    expect(lines(stdout)[0]?.mapping).toEqual({
      "First Name": "lastName",
      Mobile: "phone",
      Company: "properties.company",
    });
  });
});

test("an import ends with exit code 3 where rows were refused, and its last line has the figures", async () => {
  const { code, stdout } = await run([file, "--country", "AE", "--yes", "--json", "--on-duplicate", "first"]);
  expect(code).toBe(3);
  const told = lines(stdout);
  expect(told[0]).toMatchObject({ plan: true, requests: 2 });
  expect(told.filter(({ refused }) => refused === true)).toMatchObject([
    { line: 3, field: "phone" },
    { line: 5, field: "phone", reason: "shares phone with line 4, which was taken in its place" },
  ]);
  expect(told.at(-1)).toMatchObject({
    ...{ done: true, rows: 4, created: 2, updated: 0, unchanged: 0, refused: 2, requests: 2, lost: 0, open: 0 },
    errors: join(folder.path, "contacts.refused.csv"),
  });
});

test("what was refused is mended in its file and imported from there, with the columns as they were said to be", async () => {
  await run([file, "--country", "AE", "--yes", "--map", "Company=properties.company", "--on-duplicate", "first"]);
  const refused = join(folder.path, "contacts.refused.csv");
  const text = readFileSync(refused, "utf8");
  writeFileSync(refused, text.replace('"Ali","12",""', '"Ali","050 222 2222","Initech"'));
  const { code, stdout } = await run([refused, "--country", "AE", "--yes", "--json"]);
  expect({ code, last: lines(stdout).at(-1) }).toMatchObject({ code: 0, last: { created: 1, updated: 1, refused: 0 } });
  expect((await contacts()).find(({ firstName }) => firstName === "Ali")?.properties).toEqual({ company: "Initech" });
});

test("refused rows that somebody has mended are not written over", async () => {
  await run([file, "--country", "AE", "--yes"]);
  const refused = join(folder.path, "contacts.refused.csv");
  writeFileSync(refused, `${readFileSync(refused, "utf8")}mended`);
  await run([file, "--country", "AE", "--yes"]);
  expect(readFileSync(refused, "utf8")).toContain("mended");
  expect(existsSync(join(folder.path, "contacts.refused-2.csv"))).toBe(true);
});

describe("on a terminal", () => {
  test("it asks, and goes on with yes alone", async () => {
    const no = await run([file, "--country", "AE"], { tty: true, stdin: "n\n" });
    expect({ code: no.code, asked: no.stderr.includes("Go on, with 1 request? [y/N]") }).toEqual({
      code: 1,
      asked: true,
    });
    expect(await contacts()).toEqual([]);
    const yes = await run([file, "--country", "AE"], { tty: true, stdin: "y\n" });
    expect(yes.code).toBe(3);
    expect(yes.stdout).toContain("Done: 4 rows, 1 created, 0 updated, 0 unchanged, 3 refused; 1 request\n");
    expect(await contacts()).toMatchObject([{ firstName: "Sara" }]);
  });

  test("with --on-duplicate ask it asks which of the rows counts", async () => {
    const { code, stderr } = await run([file, "--country", "AE", "--on-duplicate", "ask", "--yes"], {
      tty: true,
      stdin: "2\n",
    });
    expect({ code, asked: stderr.includes("Which counts? [1-2, Enter for none]") }).toEqual({ code: 3, asked: true });
    expect((await contacts()).map(({ firstName }) => firstName).sort()).toEqual(["Eva", "Sara"]);
  });
});

test("stdin is imported as a file is, with its journal and refused rows in the folder", async () => {
  const journal = join(folder.path, "j.db");
  const args = ["-", "--yes", "--json", "--journal", journal, "--errors", join(folder.path, "bad.ndjson")];
  const stdin = '{"phone":"+971500000000","firstName":"Sara"}\n{"phone":"12"}\n';
  const { code, stdout } = await run(args, { stdin });
  expect({ code, last: lines(stdout).at(-1) }).toMatchObject({ code: 3, last: { created: 1, refused: 1 } });
  expect(JSON.parse(readFileSync(join(folder.path, "bad.ndjson"), "utf8"))).toMatchObject({ phone: "12", line: 2 });
});

test("refused rows of stdin are named by what they are written as", async () => {
  const cwd = process.cwd();
  process.chdir(folder.path);
  try {
    await run(["-", "--yes"], { stdin: '{"phone":"12"}\n' });
    await run(["-", "--yes"], { stdin: "Name,Phone\nSara,12\n" });
  } finally {
    process.chdir(cwd);
  }
  expect(
    readdirSync(folder.path)
      .filter((name) => name.startsWith("stdin"))
      .sort(),
  ).toEqual([...["stdin.journal", "stdin.refused.csv", "stdin.refused.ndjson"]]);
});

describe("it is refused with exit code 2, and how to mend it is said:", () => {
  test.each<[string, string[], string]>([
    ["no --yes where nobody can be asked", ["--country", "AE"], "--yes"],
    ["--on-duplicate ask where nobody can be asked", ["--on-duplicate", "ask"], "there is no terminal to ask on"],
    ["a country that there is not", ["--country", "Dubai", "--yes"], "--country"],
    ["a column that there is not", ["--map", "Phone=phone", "--yes"], 'no column "Phone"'],
    ["a field that there is not", ["--map", "Mobile=fone", "--yes"], "a column can be firstName"],
    ["no column to find contacts by", ["--map", "Mobile=-", "--yes"], "--map 'COLUMN=phone'"],
    ["a share of nothing", ["--budget", "0%"], "from 1% to 100%"],
  ])("%s", async (_what, args, message) => {
    const { code, stderr } = await run([file, ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(await contacts()).toEqual([]);
  });

  test("the file itself as journal or as file of refused rows", async () => {
    for (const option of ["--journal", "--errors"]) {
      const { code, stderr } = await run([file, "--yes", option, file]);
      expect({ code, says: stderr.includes("the file that is imported") }).toEqual({ code: 2, says: true });
    }
    expect(readFileSync(file, "utf8")).toContain("050 000 0000");
  });

  test("the journal of an import into another OnSync, or into another org", async () => {
    await run([file, "--country", "AE", "--yes"]);
    const elsewhere = await run([file, "--country", "AE", "--yes"], {
      env: { ...env, ONSYNC_BASE_URL: "https://api.onsync.com/v1" },
    });
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining("name another with --journal") });
    const org = await reference.control.createOrg({ name: "other" });
    const { key } = await reference.control.createKey({ orgId: org.id });
    const other = await run([file, "--country", "AE", "--yes"], { env: { ...env, ONSYNC_API_KEY: key } });
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("is this key of another org?") });
  });

  test("a file that is not there, or is none that can be read", async () => {
    expect(await run([join(folder.path, "none.csv"), "--yes"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ENOENT"),
    });
    writeFileSync(file, "PK\u0003\u0004");
    expect(await run([file, "--yes"])).toMatchObject({ code: 2, stderr: expect.stringContaining("Excel workbook") });
  });
});

test("a key that OnSync refuses ends it with exit code 1 and the way out, and never shows the key", async () => {
  const key = "onsync_pk_test_of_somebody_else";
  const { code, stdout, stderr } = await run([file, "--country", "AE", "--yes"], {
    env: { ...env, ONSYNC_API_KEY: key },
  });
  expect({ code, says: /Generate a new API key/.test(stderr) }).toEqual({ code: 1, says: true });
  const written = readdirSync(folder.path, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder.path, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"));
  expect(written.length).toBeGreaterThan(2);
  for (const text of [stdout, stderr, ...written]) expect(text).not.toContain("somebody_else");
});
