/** Command lines that bash and fish complete by what `onsync completion` printed. */
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { createProgram } from "../../../cli/program.ts";
import { allOperations } from "../../../src/operations/index.ts";
import { onsync } from "../command.ts";

const hasBash = spawnSync("bash", ["--version"]).status === 0;
const hasFish = spawnSync("fish", ["--version"]).status === 0;

(hasBash ? describe : describe.skip)("bash", () => {
  let script: string;
  beforeAll(async () => {
    script = (await onsync(["completion", "bash"])).stdout;
  });

  /** What bash offers for the last word of a line. */
  function complete(...words: string[]): string[] {
    const line = ["onsync", ...words].map((word) => JSON.stringify(word)).join(" ");
    const asked = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _onsync; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", `${script}\n${asked}`], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.split("\n").filter((word) => word !== "");
  }

  const silent = { env: {}, stdin: [] as never, stdout: { write: () => {} }, stderr: { write: () => {} } };
  const program = createProgram(silent);

  test("offers every command, and those that begin as what is typed", () => {
    const names = program.commands.map((command) => command.name());
    expect(complete("")).toEqual(expect.arrayContaining(names));
    expect(complete("re")).toEqual(["reference"]);
    expect(complete("events", "")).toEqual(expect.arrayContaining(["list", "replay"]));
  });

  test("offers the options of the command, after others and their values", () => {
    for (const command of program.commands) {
      const known = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long);
      expect(complete(command.name(), "--").sort()).toEqual(expect.arrayContaining(known));
    }
    expect(complete("events", "list", "--data", "a file.db", "--st")).toEqual(["--state"]);
  });

  test("offers what an option may be, and leaves files to bash where it may be any", () => {
    expect(complete("mcp", "--send", "")).toEqual(["direct", "confirm", "person", "off"]);
    expect(complete("mcp", "--send", "p")).toEqual(["person"]);
    expect(complete("listen", "--data", "")).toEqual([]);
  });

  test("offers every operation to call", () => {
    expect(complete("call", "")).toEqual(expect.arrayContaining(allOperations.map(({ name }) => name)));
    expect(complete("call", "send_m")).toEqual(["send_message"]);
  });
});

(hasFish ? test : test.skip)("fish offers the same, and says nothing else, also after options", async () => {
  const { stdout: script } = await onsync(["completion", "fish"]);
  const lines = [
    "onsync ev",
    "onsync events list --state d",
    "onsync mcp --http --read-only --send p",
    "onsync call send_m",
  ];
  const asked = lines.map((line) => `complete -C '${line}'`).join("\n");
  const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", `${script}\n${asked}`], { encoding: "utf8" });
  const offered = stdout.trim().split("\n");
  expect(stderr).toBe("");
  expect(offered.map((line) => line.split("\t", 1)[0])).toEqual(["events", "dead", "done", "person", "send_message"]);
});

test("zsh and fish have a script, too, with every command", async () => {
  for (const shell of ["zsh", "fish"]) {
    const { code, stdout } = await onsync(["completion", shell]);
    expect(code).toBe(0);
    for (const word of ["reference", "send_message", "rate-limit"]) expect(stdout).toContain(word);
  }
});

test("zsh completes the line for which it loads the script, and not only those after it", async () => {
  const { stdout } = await onsync(["completion", "zsh"]);
  expect(stdout).toMatch(/\n\[\[ \$\{funcstack\[1\]\} != _onsync \]\] \|\| _bash_complete .*\n$/);
});

test("another shell is refused with those that there are", async () => {
  const { code, stderr } = await onsync(["completion", "tcsh"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
});
