/** What the plan of an import takes before its first request: reading, numbers, checks, and finding rows that share an identifier. */
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { endChild, receive } from "../harness/child.ts";
import type { Question, Scale, Table } from "../harness/question.ts";

/** Seven columns; a number in ten is a local one, and each thousandth row shares an address with the one before it. */
function writeContacts(file: string, count: number): void {
  const lines = ["First Name,Last Name,Phone,Email,Tags,Note,External ID"];
  for (let row = 0; row < count; row++) {
    const number = String(1_000_000 + ((row * 7) % 9_000_000));
    const phone = row % 10 === 0 ? `050 ${number.slice(0, 3)} ${number.slice(3)}` : `+97152${number}`;
    const email = `sara${row % 1_000 === 999 ? row - 1 : row}@example.com`;
    lines.push(`Sara,"Hussein, ${row}",${phone},${email},lead;expo,met at the booth,crm_${row}`);
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const sizes = isSmall ? [100, 1_000] : [1_000, 200_000];
  const rows = [];
  for (const count of sizes) {
    const file = join(folder, `${count}.csv`);
    writeContacts(file, count);
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    const child = fork(join(import.meta.dirname, "planner.ts"), [file], { execArgv });
    const figures = (await receive(child)) as number[];
    await endChild(child);
    rows.push({ name: count.toLocaleString("en-US"), values: figures.map((figure) => [figure]) });
  }
  const measures = [
    { name: "CPU seconds, the start included", digits: 1 },
    { name: "MiB at most" },
    { name: "seconds", digits: 1 },
  ];
  return [{ what: "contacts", measures, rows }];
}

export const importPlan: Question = {
  name: "import-plan",
  title: "The plan of an import",
  about: `\`onsync import contacts\` before its first request, a fresh process each: a CSV of seven columns read, numbers parsed, each row
checked as the API would, and the rows that share an identifier found.`,
  measure,
};
