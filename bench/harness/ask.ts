/** One question, in a process that has asked no other: sends its tables to who started it. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { questions } from "../questions.ts";

const [name, small] = process.argv.slice(2);
const question = questions.find((each) => each.name === name);
if (!question) throw new Error(`there is no question ${name}`);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-bench-")));
try {
  const tables = await question.measure({ isSmall: small === "--small", folder });
  for (const { caption = question.title, rows } of tables) {
    const figures = rows.flatMap(({ values }) => values.flat());
    if (figures.length === 0 || !figures.every(Number.isFinite)) throw new Error(`${caption}: a figure is missing`);
  }
  process.send?.(tables, () => process.exit(0));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
