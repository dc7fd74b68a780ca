/** Command lines: what the commands say of themselves, and what somebody's script makes of that. */
import type { Command, Option } from "commander";
import fc from "fast-check";
import { createProgram } from "../../../cli/program.ts";
import { operations } from "../../../src/operations/index.ts";
import { hostileText, hostileValue, writeJson } from "../inputs/text.ts";

const nowhere = { write: () => true };
const program = createProgram({
  env: {},
  stdin: Object.assign((async function* () {})(), { isTTY: false }),
  stdout: nowhere,
  stderr: nowhere,
});

/** Names of files below the folder that a command is run in. None leads out of it, and no address out of this machine. */
const places = [
  "contacts.csv",
  "contacts.ndjson",
  "events.db",
  "sends.db",
  "reference.db",
  "new.db",
  "out",
  "out.csv",
  "none/new.db",
  "",
  ".",
];
const addresses = [
  "http://127.0.0.1:1/",
  "http://127.0.0.1:1/v1?a=b#c",
  "ftp://127.0.0.1/",
  "http://",
  "redis:",
  "stdout",
  "singer",
];
const words = [
  "0",
  "1",
  "-1",
  "65536",
  "1e9",
  "0x10",
  "007",
  "9007199254740993",
  "NaN",
  "10%",
  "7d",
  "open",
  "dead",
  "csv",
  "ndjson",
  "parquet",
  "contacts",
  "messages",
  "Phone=phone",
  "phone=crm",
  "AE",
  "read:contacts",
  "all",
  "telegram:sara",
  "+971500000000",
  "evt_1",
  "contact_1",
  "{}",
  "-",
  "--",
  "=",
  "bash",
];

/** No path of another folder, and nothing that an argument of a process cannot have. */
function tame(text: string): string {
  return text.replaceAll(/[/\\\0]/g, "_").replaceAll("..", "__");
}

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 3, arbitrary: fc.constantFrom(...places) },
  { weight: 1, arbitrary: fc.constantFrom(...addresses) },
  { weight: 1, arbitrary: hostileText.map(tame) },
);

const json = fc
  .dictionary(
    fc.constantFrom("platform", "to", "content", "conversationId", "id", "limit", "phone", "template"),
    hostileValue,
    { maxKeys: 3 },
  )
  .map(writeJson);

/** What opens a browser, waits for a database or listens to the whole machine is left out. */
const leftOut = new Set(["--open", "--redis", "--queue", "--host", "--metrics-host", "--register", "--every"]);

function fillOption({ long, flags, argChoices, required, optional }: Option): fc.Arbitrary<string[]> {
  const name = long ?? (flags.split(/[ ,]/, 1)[0] as string);
  if (!required && !optional) return fc.constant([name]);
  // A port that is somebody's is not taken.
  if (name.endsWith("port")) return fc.constantFrom("0", "0", "0", "-1", "65536", "x").map((value) => [name, value]);
  const value = argChoices ? fc.oneof(fc.constantFrom(...argChoices), word) : word;
  return fc.tuple(value, fc.nat(5)).map(([given, how]) => (how === 0 ? [`${name}=${given}`] : [name, given]));
}

function describeCommand(command: Command, path: readonly string[]): fc.Arbitrary<string[]> {
  const options = command.options.filter(({ long }) => !leftOut.has(long ?? ""));
  const given =
    options.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...options.map(fillOption)), { maxLength: 4 });
  const position = path.join(" ") === "call" ? fc.oneof(fc.constantFrom(...Object.keys(operations)), json) : word;
  const positions = fc.array(position, { maxLength: command.registeredArguments.length + 1 });
  // Without a port it would read this process's stdin.
  const own = path[0] === "mcp" ? ["--http"] : [];
  return fc.tuple(positions, given).map(([named, chosen]) => [...path, ...own, ...named, ...chosen.flat()]);
}

function listCommands(command: Command, path: readonly string[]): { command: Command; path: string[] }[] {
  return command.commands.flatMap((each) => {
    const own = [...path, each.name()];
    return each.commands.length > 0 ? listCommands(each, own) : [{ command: each, path: own }];
  });
}

/** Command lines by what the commands take. */
export const describedArguments: fc.Arbitrary<string[]> = fc.oneof(
  ...listCommands(program, []).map(({ command, path }) => describeCommand(command, path)),
);

const noise = fc.oneof(
  fc.constantFrom(
    "-",
    "--",
    "---",
    "-h",
    "--help",
    "--version",
    "-V",
    "help",
    "\u2014json",
    "--json=",
    "--no-json",
    "-x",
    "@file",
    "$HOME",
    "*",
  ),
  hostileText.map(tame),
);

/** The same with words put in, left out, said twice or run together. */
export const brokenArguments: fc.Arbitrary<string[]> = fc
  .tuple(describedArguments, fc.array(fc.tuple(fc.nat(20), fc.nat(3), noise), { minLength: 1, maxLength: 3 }))
  .map(([args, changes]) => {
    const broken = [...args];
    for (const [at, what, text] of changes) {
      const place = at % (broken.length + 1);
      if (what === 0) broken.splice(place, 0, text);
      if (what === 1) broken.splice(place, 1);
      if (what === 2) broken.splice(place, 0, ...broken.slice(place, place + 2));
      if (what === 3 && broken[place] !== undefined) broken[place] += text;
    }
    // Each would wait for this process's stdin, or a person.
    return broken[0] === "mcp" && !broken.includes("--http") ? [...broken, "--http"] : broken;
  })
  .filter((args) => !args.some((each) => [...leftOut].some((name) => each.startsWith(name))));
