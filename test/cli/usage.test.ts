import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import type { Command } from "commander";
import { createProgram } from "../../cli/program.ts";
import { onsync } from "./command.ts";

const silent = { write: () => undefined };
const key = { ONSYNC_API_KEY: "onsync_pk_test_ci" };

describe("a wrong option ends with exit code 2 and names the option and what it takes", () => {
  test.each<[string[], ...string[]]>([
    [["reference", "--port", "99999"], "--port", "from 0 to 65535"],
    [["reference", "--port", "-1"], "--port", "from 0 to 65535"],
    [["reference", "--port", "http"], "--port", "from 0 to 65535"],
    [["reference", "--port"], "--port", "argument missing"],
    [["reference", "--host", "http://localhost"], "--host", "such as 127.0.0.1"],
    [["reference", "--host", "localhost:4010"], "--host", "such as 127.0.0.1"],
    [["reference", "--data", ""], "--data", "not be empty"],
    [["reference", "--key", ""], "--key", "without white space"],
    [["reference", "--key", "a", "--key", "b c"], "--key", "without white space"],
    [["reference", "--scopes", "read:contacts,write:all"], "--scopes", '"write:all"', "write:messages"],
    [["reference", "--scopes", ""], "--scopes", "none of them empty"],
    [["reference", "--rate-limit", "0"], "--rate-limit", "from 1 to 1000000000"],
    [["reference", "--rate-limit", "1000000001"], "--rate-limit", "from 1 to 1000000000"],
    [["reference", "--rate-limit", "1.5"], "--rate-limit", "whole number"],
    [["reference", "--rate-limit", "1e3"], "--rate-limit", "whole number"],
    [["reference", "--seed", "live"], "--seed", "demo"],
    [["reference", "--carrier", "slow"], "--carrier", "delivers, fails, off"],
    [["reference", "--control=yes"], "--control"],
    [["reference", "--no-extension"], "--no-extension", "--no-extensions"],
    [["reference", "now"], "too many arguments"],
    [["start", "--port", "1.5"], "--port", "whole number"],
    [["start", "--host", "a b"], "--host"],
    [["start", "--host", "0.0.0.0"], "ONSYNC_MCP_TOKEN"],
    [["start", "--data", " "], "--data", "not be empty"],
    [["start", "--seed", "demo"], "--seed"],
    [["start", "--rate-limit", "0"], "--rate-limit", "from 1 to 1000000000"],
    [["completion", "tcsh"], "bash, zsh, fish"],
    [["mcp", "--port", "4020"], "--port", "--http"],
    [["mcp", "--host", "::1"], "--host", "--http"],
    [["mcp", "--json"], "--json", "--http"],
    [["mcp", "--drain-delay", "5"], "--drain-delay", "--http"],
    [["listen", "--drain-delay", "601"], "--drain-delay", "from 0 to 600"],
    [["listen", "--max-lag", "soon"], "--max-lag", "such as 7d"],
    [["mcp", "--http", "--host", "0.0.0.0"], "ONSYNC_MCP_TOKEN"],
    [["mcp", "--readonly"], "--readonly", "--read-only"],
    [["mcp", "--send", "maybe"], "--send", "direct, confirm, person, off"],
    [["mcp", "--toolsets", "contacts,admin"], "--toolsets", '"admin"', "contacts, conversations, sending"],
    [["mcp", "--toolsets", ","], "--toolsets", "none of them empty"],
    [["mcp", "--allow-recipients", "+9715*,,"], "--allow-recipients", "none of them empty"],
    [["mcp", "--sends-per-minute", "0"], "--sends-per-minute", "at least 1"],
    [["mcp", "--sends-per-day", "many"], "--sends-per-day", "whole number"],
    [["mcp", "--allow-webhook-hosts", ""], "--allow-webhook-hosts", "none of them empty"],
    [["doctor", "--yaml"], "--yaml"],
    [["doctor", "all"], "too many arguments"],
    [["call", "get_account", "{}", "{}"], "too many arguments"],
    [["call", "--lst"], "--lst", "--list"],
    [["referense"], "unknown command", "reference"],
    [
      ["import", "contacts"],
      "'file'",
      "Usage: onsync import contacts [options] <file>",
      "onsync import contacts --help",
    ],
    [["import", "nothing"], "unknown command", "Usage: onsync import", "onsync import --help"],
  ])("onsync %j", async (args, ...expected) => {
    const { code, stdout, stderr } = await onsync(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    for (const text of expected) expect(stderr).toContain(text);
  });

  test("no command at all prints the help and fails", async () => {
    const { code, stdout, stderr } = await onsync([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: onsync");
  });
});

describe("a wrong environment ends with exit code 2 and names the variable", () => {
  test.each<[string[], Record<string, string>, ...string[]]>([
    [["mcp"], {}, "No API key", "ONSYNC_API_KEY", "onsync start"],
    [["mcp", "--http", "--port", "0"], {}, "No API key"],
    [["mcp"], { ...key, ONSYNC_API_KEY_FILE: "/run/key" }, "ONSYNC_API_KEY and ONSYNC_API_KEY_FILE"],
    [["mcp"], { ...key, ONSYNC_BASE_URL: "http://example.com/v1" }, "ONSYNC_BASE_URL must be an https:// address"],
    [["mcp"], { ...key, ONSYNC_LOG_LEVEL: "loud" }, 'ONSYNC_LOG_LEVEL is "loud"', "debug"],
    [["reference"], { ONSYNC_LOG_LEVEL: "loud" }, "ONSYNC_LOG_LEVEL"],
    [["start"], { ONSYNC_LOG_LEVEL: "loud" }, "ONSYNC_LOG_LEVEL"],
    [["start"], { ONSYNC_BASE_URL: "http://127.0.0.1:4010/v1" }, "ONSYNC_BASE_URL is set and no API key"],
    [["start", "--data", "x.db"], key, "--data", "ONSYNC_API_KEY"],
  ])("onsync %j in %j", async (args, env, ...expected) => {
    const { code, stdout, stderr } = await onsync(args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    for (const text of expected) expect(stderr).toContain(text);
    expect(stderr).not.toContain(key.ONSYNC_API_KEY);
  });
});

test("every command that listens does so on 127.0.0.1 unless told otherwise", () => {
  const program = createProgram({ env: {}, stdin: Readable.from([]), stdout: silent, stderr: silent });
  const hosts = program.commands.flatMap((command) =>
    command.options.filter(({ long }) => long === "--host").map(({ defaultValue }) => [command.name(), defaultValue]),
  );
  expect(hosts).toEqual(["start", "reference", "mcp", "listen"].map((name) => [name, "127.0.0.1"]));
});

test("listen's defaults are those that docs/events.md names", () => {
  const program = createProgram({ env: {}, stdin: Readable.from([]), stdout: silent, stderr: silent });
  const { options = [] } = program.commands.find((command) => command.name() === "listen") ?? {};
  const page = readFileSync(new URL("../../docs/events.md", import.meta.url), "utf8");
  const defaults = { "--keep-days": 7, "--concurrency": 32, "--attempts": 10, "--retry": 1 };
  for (const [long, value] of Object.entries(defaults)) {
    expect([long, options.find((option) => option.long === long)?.defaultValue]).toEqual([long, value]);
  }
  for (const words of [
    "`--keep-days`, 7,",
    "`--concurrency`, 32)",
    "ten refusals (`--attempts`)",
    "1, 2, 4 … seconds (`--retry`",
  ]) {
    expect(page.replace(/\s+/g, " ")).toContain(words);
  }
});

test("--max-age is seconds, or a number with its unit; without it events of any age are taken", () => {
  const program = createProgram({ env: {}, stdin: Readable.from([]), stdout: silent, stderr: silent });
  const listen = program.commands.find((command) => command.name() === "listen");
  const option = listen?.options.find(({ long }) => long === "--max-age");
  expect(option?.defaultValue).toBeUndefined();
  const ages = { 90: 90_000, "90s": 90_000, "15m": 900_000, "12h": 43_200_000, "7d": 604_800_000 };
  for (const [text, ms] of Object.entries(ages))
    expect([text, option?.parseArg?.(text, undefined)]).toEqual([text, ms]);
  for (const text of ["0", "-1", "1.5h", "7w", "3651d", ""]) {
    expect(() => option?.parseArg?.(text, undefined)).toThrow("such as 7d");
  }
});

describe("help", () => {
  test.each(["start", "reference", "mcp", "call", "doctor"])("onsync %s --help, with examples", async (name) => {
    const { code, stdout, stderr } = await onsync([name, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: onsync ${name}`);
    expect(stdout).toContain("Examples:\n  onsync ");
    expect(await onsync(["help", name])).toEqual({ code, stdout, stderr });
    expect((await onsync(["--help"])).stdout).toContain(`\n  ${name} `);
  });

  test("every command has it, and so has each command within one", async () => {
    const pathsOf = (command: Command, path: string[]): string[][] => [
      path,
      ...command.commands.flatMap((child) => pathsOf(child, [...path, child.name()])),
    ];
    const paths = pathsOf(createProgram({ env: {}, stdin: Readable.from([]), stdout: silent, stderr: silent }), []);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      const { code, stdout, stderr } = await onsync([...path, "--help"]);
      expect({ path, code, stderr }).toEqual({ path, code: 0, stderr: "" });
      expect(stdout).toContain(`Usage: ${["onsync", ...path].join(" ")} `);
    }
  });

  test("the version is the package's", async () => {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
    expect(await onsync(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });
});
