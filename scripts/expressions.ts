/**
 * Whether a text can be made that holds a server up: every regular expression of the project is examined for growth beyond
 * its input (recheck, installed beside this on demand), and the functions that read what outsiders write are run on texts
 * that were made to hurt, at two lengths: eight times the text may not take much more than eight times the time.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import {
  createFence,
  isPlainAddress,
  isPlainId,
  isPlainKey,
  isPlainName,
  isPlainWord,
  sanitize,
  sanitizeLine,
} from "../mcp/answers/customer-text.ts";
import { findMark } from "../mcp/answers/marks.ts";
import { estimateTokens } from "../mcp/answers/tokens.ts";
import { createMasking } from "../mcp/safety/pii.ts";
import { isEmail, normalizePhone } from "../src/api/values/identifiers.ts";
import { readRateLimit, readRetryAfter } from "../src/client/rate-limit.ts";

const root = join(import.meta.dirname, "..");
const rooms = ["src", "mcp", "zapier", "triggers", "creates", "searches", "reference", "cli", "index.ts"];

type Node = {
  type: string;
  regex?: { pattern: string; flags: string };
  value?: unknown;
  name?: string;
  loc: { start: { line: number } };
};
type New = Node & { callee: Node; arguments: Node[] };
type Declarator = Node & { id: Node; init: Node | null };
type Template = Node & { quasis: { value: { cooked: string } }[]; expressions: Node[] };
type Finding = { status: "safe" | "vulnerable" | "unknown"; complexity?: { summary: string } };
type Visitors = {
  Literal?(node: Node): void;
  NewExpression?(node: New): void;
  VariableDeclarator?(node: Declarator): void;
};
type Examiner = {
  parse(source: string, options: object): unknown;
  simple(tree: unknown, visitors: Visitors): void;
  checkSync(pattern: string, flags: string, options: object): Finding;
};

/** Built of parts that this script cannot put together, or of what the operator writes; looked at one by one. */
const builtExpressions = ["src/printable.ts", "mcp/safety/recipients.ts", "src/client/rate-limit.ts"];

function loadExaminer(): Examiner {
  const folder = join(root, "test/expressions");
  if (!existsSync(join(folder, "node_modules"))) {
    execFileSync("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"], {
      stdio: "inherit",
    });
  }
  const load = createRequire(join(folder, "package.json"));
  return { ...load("acorn"), ...load("acorn-walk"), ...load("recheck") };
}

/** Every expression of the sources, with the places where it stands. */
function findExpressions({ parse, simple }: Examiner): { expressions: Map<string, string[]>; built: string[] } {
  const listed = execFileSync("git", ["ls-files", ...rooms], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n");
  const expressions = new Map<string, string[]>();
  const built: string[] = [];
  for (const file of listed.filter((name) => /\.(?:ts|js)$/.test(name))) {
    const source = readFileSync(join(root, file), "utf8");
    const script = file.endsWith(".ts") ? stripTypeScriptTypes(source) : source;
    const tree = parse(script, { ecmaVersion: "latest", sourceType: "module", locations: true });
    const add = (pattern: string, flags: string, { loc }: Node) => {
      const expression = JSON.stringify([pattern, flags]);
      expressions.set(expression, [...(expressions.get(expression) ?? []), `${file}:${loc.start.line}`]);
    };
    const constants = new Map<string, Node>();
    simple(tree, {
      VariableDeclarator({ id, init }) {
        if (id.name !== undefined && init) constants.set(id.name, init);
      },
    });
    simple(tree, {
      Literal(node) {
        if (node.regex) add(node.regex.pattern, node.regex.flags, node);
      },
      NewExpression(node) {
        if (node.callee.name !== "RegExp") return;
        const [pattern, flags = ""] = node.arguments.map((argument) => readText(argument, constants));
        if (pattern === undefined) built.push(file);
        else add(pattern, flags, node);
      },
    });
  }
  return { expressions, built };
}

/** The text of a constant, of what stands there or of a template of such; `undefined` where it is made otherwise. */
function readText(node: Node, constants: ReadonlyMap<string, Node>): string | undefined {
  if (typeof node.value === "string") return node.value;
  const constant = node.name === undefined ? undefined : constants.get(node.name);
  if (constant) return readText(constant, constants);
  if (node.type !== "TemplateLiteral") return undefined;
  const { quasis, expressions } = node as Template;
  const parts = expressions.map((expression) => readText(expression, constants));
  if (parts.includes(undefined)) return undefined;
  return quasis.map(({ value }, index) => value.cooked + (parts[index] ?? "")).join("");
}

function examineExpressions(): string[] {
  const examiner = loadExaminer();
  const { expressions, built } = findExpressions(examiner);
  const problems = built
    .filter((file) => !builtExpressions.includes(file))
    .map((file) => `${file} builds an expression at run time: look at it, and add it to the list in this script`);
  for (const [expression, places] of expressions) {
    const [pattern, flags] = JSON.parse(expression) as [string, string];
    const { status, complexity } = examiner.checkSync(pattern, flags, { timeout: 20_000 });
    if (status !== "safe")
      problems.push(`/${pattern}/${flags} (${places.join(", ")}): ${status}, ${complexity?.summary ?? "not decided"}`);
  }
  console.log(`${expressions.size} regular expressions examined`);
  return problems;
}

const masking = createMasking("secret");

const readers: Record<string, (text: string) => unknown> = {
  maskText: masking.maskText,
  maskId: masking.maskId,
  maskAddress: masking.maskAddress,
  sanitize,
  sanitizeLine,
  isPlainWord,
  isPlainKey,
  isPlainName,
  isPlainId,
  isPlainAddress,
  findMark: (text) => findMark({ text }),
  estimateTokens,
  "a fence": (text) => createFence("marker").wrap(text),
  isEmail,
  normalizePhone,
  readRetryAfter: (text) => readRetryAfter(429, { "retry-after": text }, 0),
  readRateLimit: (text) => readRateLimit({ ratelimit: text, "ratelimit-policy": text, date: text }, 0),
};

const units = [
  "a",
  "1",
  "@",
  "a@",
  "a@.",
  ".",
  "1 ",
  "1()",
  "+",
  "+1",
  "a.b@",
  "\r",
  "\u0660 ",
  " ",
  ";r=",
  ",",
  "Mon, ",
  "\u{1F600}",
  "aB",
  "a_",
  '"@',
  "whatsapp:",
  "[at]",
  "customer-",
  "0 ",
  "2024-12-01",
  "1.",
  "[+",
  "~",
  "\u0e01",
];

/** Milliseconds of processor time, the least of several runs. */
function measureCost(work: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

const shortLength = 20_000;
const lengthFactor = 8;
/** Between what grows with its input (8) and what grows with its square (64). */
const maxGrowth = 24;

function examineGrowth(): string[] {
  const problems: string[] = [];
  for (const [name, read] of Object.entries(readers)) {
    for (const part of units) {
      for (const end of ["", "x", "\u0000"]) {
        const make = (length: number) => part.repeat(length / part.length) + end;
        const [short, long] = [make(shortLength), make(shortLength * lengthFactor)];
        const costs = [measureCost(() => read(short)), measureCost(() => read(long))] as const;
        // What takes no time to speak of tells nothing by its ratio.
        if (costs[1] > 20 && costs[1] > costs[0] * maxGrowth)
          problems.push(
            `${name} on ${JSON.stringify(part + end)}…: ${costs[0]} ms, and ${costs[1]} ms for ${lengthFactor} times the text`,
          );
      }
    }
  }
  console.log(`${Object.keys(readers).length} readers run on ${units.length * 3} texts each`);
  return problems;
}

const problems = [...examineExpressions(), ...examineGrowth()];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
