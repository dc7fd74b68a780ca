import { expect, test } from "@jest/globals";
import {
  isPrinted,
  readConfigurations,
  readMentions,
  readSteps,
  splitExports,
} from "../../testing/documents/fences.ts";

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
    `${fence}sh starts first`,
    "npm start",
    fence,
    `${fence}text`,
    "Ready",
    fence,
    `${fence}json`,
    "{}",
    fence,
    `  ${fence}sh fails`,
    "  false",
    `  ${fence}`,
  ].join("\n");
  expect(readSteps(document)).toEqual([
    { kind: "starts", line: 1, commands: "npm start", prints: ["Ready ", " 4000", "and so on"] },
    { kind: "runs", line: 14, commands: "export A=1\necho $A", prints: [] },
    { kind: "starts first", line: 18, commands: "npm start", prints: ["Ready"] },
    { kind: "fails", line: 27, commands: "false", prints: [] },
  ]);
});

test("a shell fence that would not be run is an error", () => {
  expect(() => readSteps(`${fence}sh skip\nrm x\n${fence}`)).toThrow('line 1: the fence "sh skip"');
  expect(() => readSteps(`${fence}bash\nls\n${fence}`)).toThrow('line 1: the fence "bash"');
});

test("exports are carried on, and white space does not matter to what is printed", () => {
  expect(splitExports("export A=1 B=2\ncurl x\nexport C=3")).toEqual({
    exports: "export A=1 B=2\nexport C=3",
    rest: "curl x",
  });
  expect(isPrinted('{\n  "a": 1\n}', '"a":1')).toBe(true);
  expect(isPrinted('{"a":2}', '"a":1')).toBe(false);
});

test("what is waited for has to be said", () => {
  expect(() => readSteps(`${fence}sh starts\nnpm start\n${fence}\nand so on`)).toThrow("line 1: ");
  expect(() => readSteps(`${fence}sh looks\nls\n${fence}\nProse.\n\n${fence}text\na\n${fence}`)).toThrow("line 1: ");
});

test("configurations of MCP hosts are found in each of their shapes", () => {
  const server = { command: "npx", args: ["-y", "x"], env: { A: "1" } };
  const document = [
    "Paste:",
    `${fence}json`,
    JSON.stringify({ mcpServers: { onsync: server } }),
    fence,
    `${fence}json`,
  ];
  document.push(JSON.stringify({ inputs: [], servers: { onsync: server } }), fence, `${fence}json`, "{}", fence);
  expect(readConfigurations(document.join("\n"))).toEqual([
    { line: 2, ...server },
    { line: 5, ...server },
  ]);
});

test("commands that are mentioned are found, and neither other code nor fenced commands", () => {
  const document = ["Run `npm run x` or `npx onsync", "events`, not `--help`.", `${fence}sh`, "a `npm run y`", fence];
  expect(readMentions(document.join("\n"))).toEqual(["npm run x", "npx onsync events"]);
});
