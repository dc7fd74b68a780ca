import { expect, test } from "@jest/globals";
import { exportsOf, printed, stepsOf } from "./fences.ts";

const fence = "```";

test("commands are found with what they print, whatever stands between", () => {
  const document = [
    `${fence}sh starts`,
    "npm start",
    fence,
    "",
    `${fence}text`,
    "Ready … 4000",
    "",
    "and so on",
    fence,
    "Prose.",
    `${fence}text`,
    "nobody's output",
    fence,
    `${fence}sh`,
    "export A=1",
    "echo $A",
    fence,
    `${fence}json`,
    "{}",
    fence,
    `  ${fence}sh fails`,
    "  false",
    `  ${fence}`,
  ].join("\n");
  expect(stepsOf(document)).toEqual([
    { kind: "starts", line: 1, commands: "npm start", prints: ["Ready ", " 4000", "and so on"] },
    { kind: "runs", line: 14, commands: "export A=1\necho $A", prints: [] },
    { kind: "fails", line: 21, commands: "false", prints: [] },
  ]);
});

test("a shell fence that would not be run is an error", () => {
  expect(() => stepsOf(`${fence}sh skip\nrm x\n${fence}`)).toThrow('line 1: the fence "sh skip"');
  expect(() => stepsOf(`${fence}bash\nls\n${fence}`)).toThrow('line 1: the fence "bash"');
});

test("exports are carried on, and white space does not matter to what is printed", () => {
  expect(exportsOf("export A=1 B=2\ncurl x\nexport C=3")).toBe("export A=1 B=2\nexport C=3");
  expect(printed('{\n  "a": 1\n}', '"a":1')).toBe(true);
  expect(printed('{"a":2}', '"a":1')).toBe(false);
});
