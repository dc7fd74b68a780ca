/** Rows: each that was imported is a contact as its file has it, or refused; each that OnSync has was exported as it is. */
import type { Evidence, ImportFile, Row, StoredContact } from "../evidence.ts";
import { groupBy } from "./messages.ts";

export function judgeRows({ imports, exported, stored }: Pick<Evidence, "imports" | "exported" | "stored">): string[] {
  const byExternalId = groupBy(stored.contacts, ({ externalId }) => externalId ?? "");
  const present = new Set([...stored.messages, ...stored.contacts].map(({ id }) => id));
  return [
    ...imports.flatMap((file) => judgeImport(file, byExternalId)),
    ...stored.keptIds
      .filter((id) => !present.has(id))
      .map((id) => `lost in the upgrade: ${id} was in the file of the previous schema`),
    ...judgeTable("message", stored.messages, exported.messages, findMessageDifference),
    ...judgeTable(
      "contact",
      stored.contacts.filter(({ isExported }) => isExported),
      exported.contacts,
      findContactDifference,
    ),
    ...judgeTable("conversation", stored.conversations, exported.conversations, () => null),
  ];
}

function judgeImport(
  { org, expected, refusedLines, rows, done }: ImportFile,
  byExternalId: Map<string, StoredContact[]>,
): string[] {
  const violations: string[] = [];
  for (const [id, wanted] of expected) {
    const [contact, ...others] = byExternalId.get(id) ?? [];
    if (!contact) violations.push(`import of ${org}: ${id} is no contact`);
    if (others.length > 0) violations.push(`import of ${org}: ${id} is ${others.length + 1} contacts`);
    for (const name of ["phone", "firstName", "lastName"] as const)
      if (contact && contact[name] !== wanted[name])
        violations.push(
          `import of ${org}: ${name} of ${id} is ${JSON.stringify(contact[name])}, and must be ${JSON.stringify(wanted[name])}`,
        );
    if (contact && JSON.stringify(contact.tags) !== JSON.stringify(wanted.tags))
      violations.push(`import of ${org}: the tags of ${id} are ${contact.tags}`);
  }
  if (done === null) return [...violations, `import of ${org}: it did not come to its end`];
  if (done.rows !== rows || done.open !== 0)
    violations.push(`import of ${org}: it says ${done.rows} rows of ${rows}, ${done.open} open`);
  const [said, must] = [done.refusedLines, refusedLines].map((lines) =>
    [...lines].sort((one, other) => one - other).join(", "),
  );
  if (said !== must || done.refused !== refusedLines.length)
    violations.push(`import of ${org}: it refused ${done.refused}, the lines ${said}, and the lines ${must} must be`);
  return violations;
}

function judgeTable<Stored extends { id: string }>(
  what: string,
  stored: readonly Stored[],
  exported: readonly Row[],
  findDifference: (stored: Stored, row: Row) => string | null,
): string[] {
  const rows = new Map(exported.map((row) => [row.id, row]));
  const ids = new Set(stored.map(({ id }) => id));
  const wrong = stored.flatMap((each) => {
    const row = rows.get(each.id);
    const difference = row ? findDifference(each, row) : "is not in the export";
    return difference === null ? [] : [`export: the ${what} ${each.id} ${difference}`];
  });
  const madeUp = exported
    .filter(({ id }) => !ids.has(id))
    .map(({ id }) => `export: the ${what} ${id} is not in OnSync`);
  return [...wrong, ...madeUp];
}

function findMessageDifference(stored: Evidence["stored"]["messages"][number], row: Row): string | null {
  for (const name of ["content", "conversationId", "direction"] as const)
    if ((row[name] ?? null) !== stored[name])
      return `has ${name} ${JSON.stringify(row[name])}, and must have ${JSON.stringify(stored[name])}`;
  return (row.status ?? null) === stored.status
    ? null
    : `is ${row.status} in the export, and ${stored.status} in OnSync`;
}

function findContactDifference(stored: StoredContact, row: Row): string | null {
  for (const name of ["phone", "firstName", "lastName"] as const)
    if ((row[name] ?? null) !== stored[name])
      return `has ${name} ${JSON.stringify(row[name])}, and must have ${JSON.stringify(stored[name])}`;
  const tags = JSON.stringify(row.tags ?? []);
  return tags === JSON.stringify(stored.tags)
    ? null
    : `has the tags ${tags}, and must have ${JSON.stringify(stored.tags)}`;
}
