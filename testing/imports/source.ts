/** Made-up files of contacts, and what must come of them: written down as they are made, and never read from the file. */
import type { StoredContact } from "./inbox.ts";

export type Source = {
  text: string;
  /** By external id, what the contact must be in the end. */
  expected: Map<string, Record<string, unknown>>;
  /** Lines that must be refused, whatever the server says. */
  refusedLines: Set<number>;
  /** Rows in all. */
  rows: number;
  /** Lines of rows that repeat another one to the letter. */
  repeats: number;
  lineOf: Map<string, number>;
};

/** Names that a CSV can stumble over. */
const names = [
  "Sara",
  'O"Neil',
  "Müller; Sohn",
  "two\nlines",
  "=1+1",
  "日本",
  " trimmed ",
  "a,b",
  "émile\u0000x".replace("\u0000", ""),
];

function quote(cell: string): string {
  return /[",;\n\r]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** @param tags whether the file's tags are added, so that the contacts must have them */
export function drawSource(count: number, random: () => number, tags: boolean): Source {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const source: Source = {
    text: "",
    expected: new Map(),
    refusedLines: new Set(),
    rows: 0,
    repeats: 0,
    lineOf: new Map(),
  };
  const lines = ["First Name,Last Name,Phone,Email,External ID,Tags,Company"];
  let line = 2;
  const add = (cells: readonly string[]) => {
    const text = cells.map(quote).join(",");
    lines.push(text);
    const at = line;
    line += text.split("\n").length;
    source.rows += 1;
    return at;
  };
  for (let number = 0; number < count; number++) {
    const id = `crm_${number}`;
    const [first, last] = [pick(names), pick(names)];
    const phone = `+97150${String(1_000_000 + number)}`;
    const email = random() < 0.5 ? `Sara.${number}@example.com` : "";
    const tag = tags && random() < 0.5 ? pick(["lead", "expo", "vip"]) : "";
    const cells = [first, last, phone, email, id, tag, `Company ${number}`];
    const kind = random();
    if (kind < 0.05) {
      source.refusedLines.add(add([first, last, "12", email, id, tag, ""]));
      continue;
    }
    if (kind < 0.1) {
      // Two that share a number: with skip, neither is sent.
      source.refusedLines.add(add(cells));
      source.refusedLines.add(add([`${first}2`, last, phone, "", `${id}_2`, "", ""]));
      continue;
    }
    source.lineOf.set(id, add(cells));
    if (kind < 0.15) {
      add(cells);
      source.repeats += 1;
    }
    source.expected.set(id, {
      firstName: first.trim(),
      lastName: last.trim(),
      phone,
      ...(email === "" ? {} : { email }),
      tags: tag === "" ? [] : [tag],
      properties: { company: `Company ${number}`, externalId: id },
    });
  }
  source.text = `${lines.join("\n")}\n`;
  return source;
}

/** What of a contact in the inbox is not as it must be; `null`: it is. */
export function findDifference(contact: StoredContact | undefined, expected: Record<string, unknown>): string | null {
  if (!contact) return "is not there";
  for (const [name, value] of Object.entries(expected)) {
    const [is, must] = [JSON.stringify(sortKeys(contact[name])), JSON.stringify(sortKeys(value))];
    if (is !== must) return `${name} is ${is}, and must be ${must}`;
  }
  return null;
}

function sortKeys(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
}
