/**
 * Measures us beside the peers: one question after the other, each in a process of its own, and writes docs/benchmarks.json,
 * docs/benchmarks.md and its charts.
 *
 *   npm run bench                 every question
 *   npm run bench -- client       one or several of them, by name; the others stay as they were measured
 *   npm run bench -- --list       their names
 *   npm run bench -- --small      figures so small that it takes seconds; nothing is written
 *   npm run bench -- --page       writes the page anew from what was kept
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions, refuseUsage } from "../testing/commands/options.ts";
import { type Page, writePage } from "./harness/page.ts";
import type { Table } from "./harness/question.ts";
import { describeMachine, type KeptAnswer, keepTable, readResults, resultsFile } from "./harness/results.ts";
import { questions } from "./questions.ts";

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    list: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
});
const docs = join(import.meta.dirname, "../docs");

/** @returns `null` where it failed; why stands on stderr */
async function ask(name: string): Promise<KeptAnswer | null> {
  const started = performance.now();
  const args = [name, ...(values.small ? ["--small"] : [])];
  const child = fork(join(import.meta.dirname, "harness/ask.ts"), args, {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  let tables: Table[] | undefined;
  child.on("message", (message) => {
    tables = message as Table[];
  });
  const [code] = await once(child, "exit");
  const seconds = Math.round((performance.now() - started) / 1000);
  console.error(`${code === 0 ? "asked " : "FAILED"} ${name} (${seconds} s)`);
  return code === 0 && tables ? { ...describeMachine(), seconds, tables: tables.map(keepTable) } : null;
}

function writeAll({ markdown, charts }: Page): void {
  writeFileSync(join(docs, "benchmarks.md"), markdown);
  for (const [file, svg] of charts) writeFileSync(join(docs, "images", file), svg);
}

/** What the page would say of one question alone. */
function print(name: string, answer: KeptAnswer): void {
  const asked = questions.filter((question) => question.name === name);
  console.log(writePage(asked, { [name]: answer }).markdown.split("\n## ")[1]);
}

const unknown = positionals.filter((name) => !questions.some((question) => question.name === name));
if (unknown.length > 0) refuseUsage(`${unknown.join(", ")}: npm run bench -- --list names the questions there are.`);
if (values.list) for (const { name, title } of questions) console.log(`${name.padEnd(20)} ${title}`);
else if (values.page) writeAll(writePage(questions, readResults()));
else {
  const names = positionals.length > 0 ? positionals : questions.map(({ name }) => name);
  for (const name of names) {
    const answer = await ask(name);
    if (answer === null) process.exitCode = 1;
    else {
      print(name, answer);
      if (values.small) continue;
      // At once: what was measured is kept though a later question fails.
      writeFileSync(resultsFile, `${JSON.stringify({ ...readResults(), [name]: answer }, null, 1)}\n`);
      writeAll(writePage(questions, readResults()));
    }
  }
}
