/** What a person reads on a terminal: no line is longer than it is wide, and no word of it is missing. */
import { describe, expect, test } from "@jest/globals";
import { createTerminalLine } from "../../../cli/output/io.ts";
import { wrapText } from "../../../cli/output/wrap.ts";
import { createProgram, run } from "../../../cli/program.ts";
import { onsync } from "../command.ts";

async function readHelp(args: string[], columns: number | undefined): Promise<string> {
  let written = "";
  const stdout = { isTTY: columns !== undefined, columns, write: (text: string) => (written += text) };
  const stdin = (async function* () {})();
  await run([...args, "--help"], { env: {}, stdin, stdout, stderr: { write: () => {} } });
  return written;
}

const silent = { env: {}, stdin: (async function* () {})(), stdout: { write: () => {} }, stderr: { write: () => {} } };
const commands = createProgram(silent).commands.map((command) => command.name());
const words = (text: string): string => text.replace(/\s+/g, " ").trim();

function findTooLong(text: string, columns: number): string[] {
  return text.split("\n").filter((line) => line.length > columns && line.trim().includes(" "));
}

describe.each([80, 60, 40])("on a terminal of %i columns", (columns) => {
  test.each([[[]], ...commands.map((name) => [[name]])])("the help of onsync %j fits, word for word", async (args) => {
    const wrapped = await readHelp(args, columns);
    expect(findTooLong(wrapped, columns)).toEqual([]);
    expect(words(wrapped)).toBe(words(await readHelp(args, undefined)));
  });

  test.each([
    ["a finding of the doctor", ["doctor"]],
    ["an error", ["sends", "list", "--ledger", "none.db"]],
    ["the list of the operations", ["call", "--list"]],
  ])("%s fits, word for word", async (_what, args) => {
    const read = async (tty: boolean) => {
      const { stdout, stderr } = await onsync(args, { tty, columns });
      return stdout + stderr;
    };
    const [wrapped, whole] = [await read(true), await read(false)];
    expect(findTooLong(whole, 40)).not.toEqual([]);
    expect(findTooLong(wrapped, columns)).toEqual([]);
    expect(words(wrapped)).toBe(words(whole));
  });
});

test("what follows a gap is broken under where it began", () => {
  expect(wrapText("  NAME   a description of it that is long", 30)).toBe(
    "  NAME   a description of it\n         that is long",
  );
});

test("what is in several columns is broken under the last of them", () => {
  expect(wrapText("  to  needed  The phone number of a customer", 30)).toBe(
    "  to  needed  The phone number\n              of a customer",
  );
});

test("the help of an operation fits, but for its example, which is copied", async () => {
  const { stdout } = await onsync(["call", "send_message", "--help"], { tty: true, columns: 40 });
  const whole = await onsync(["call", "send_message", "--help"]);
  expect(words(stdout)).toBe(words(whole.stdout));
  const example = whole.stdout.split("\n").find((line) => line.startsWith("  onsync call send_message '"));
  expect(findTooLong(stdout.replace(`${example}\n`, ""), 40)).toEqual([]);
  expect(stdout).toContain(`${example}\n`);
});

test("a line that the next is written over is cut where a terminal would go on below", () => {
  let written = "";
  const stderr = { isTTY: true, columns: 30, write: (text: string) => (written += text) };
  createTerminalLine({ ...silent, stderr }).show("1,204 created, 18 updated, 3 refused; 40 requests left");
  expect(written.replace("\r\u001b[2K", "")).toBe("1,204 created, 18 updated, 3…");
});

test("a word that is longer than the terminal stays whole", () => {
  const url = `https://example.com/${"a".repeat(60)}`;
  expect(wrapText(`see ${url} there`, 30)).toBe(`see\n  ${url}\n  there`);
});
