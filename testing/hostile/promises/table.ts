/** What is promised under which behaviour of a server, as the tables of docs/reliability.md. */
import { answerBehaviours } from "./answers.ts";
import { lateWorkLaws, restartLaws } from "./replays.ts";
import { serverBehaviours } from "./servers.ts";

const begins = "<!-- behaviours -->";
const ends = "<!-- /behaviours -->";

const words: Record<string, string> = { sent: "sent", not_sent: "`not_sent`", unknown: "`unknown`" };

function shown(outcomes: readonly string[]): string {
  return outcomes.map((outcome) => words[outcome] ?? outcome).join(" or ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Rows that promise the same in the same cells, as one row. */
function merged(rows: readonly { name: string; cells: readonly string[] }[]): string[][] {
  const byCells = new Map<string, { names: string[]; cells: readonly string[] }>();
  for (const { name, cells } of rows) {
    const key = JSON.stringify(cells);
    const found = byCells.get(key) ?? { names: [], cells };
    found.names.push(name);
    byCells.set(key, found);
  }
  return [...byCells.values()].map(({ names, cells }) => [names.join("; "), ...cells]);
}

export function behaviourTables(): string {
  return [
    "How a send ends whose work was done and whose answer was lost. (Where the work was never done it ends as `unknown`, on",
    "every server.)",
    "",
    table(
      ["The server", "What is promised", "In a new conversation", "In one that OnSync has named"],
      merged(
        serverBehaviours.map(({ name, promised, firstLost, laterLost }) => ({
          name,
          cells: [promised, shown(firstLost), shown(laterLost)],
        })),
      ),
    ),
    "",
    "What an answer to the send proves:",
    "",
    table(
      ["The answer", "What is promised", "How the send ends"],
      merged(answerBehaviours.map(({ name, promised, allowed }) => ({ name, cells: [promised, shown(allowed)] }))),
    ),
    "",
    "Work that OnSync does late, after an answer was lost, and a replay under the same reference:",
    "",
    table(
      ["The work is done", "What is promised", "Sent twice"],
      lateWorkLaws.map(({ name, promised, mayDouble }) => [name, promised, mayDouble ? "possible" : "never"]),
    ),
    "",
    "A process that starts again **without a shared ledger** and repeats a send under its reference:",
    "",
    table(
      ["Where", "What is promised", "Sent twice"],
      restartLaws.map(({ name, promised, mayDouble }) => [name, promised, mayDouble ? "possible" : "never"]),
    ),
  ].join("\n");
}

/** The page with its tables made anew. @throws Error where it has no place for them */
export function withBehaviourTables(page: string): string {
  const [start, end] = [page.indexOf(begins), page.indexOf(ends)];
  if (start < 0 || end < start) throw new Error(`docs/reliability.md must have ${begins} and ${ends}`);
  return `${page.slice(0, start + begins.length)}\n\n${behaviourTables()}\n\n${page.slice(end)}`;
}
