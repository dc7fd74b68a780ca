/** People with a row in a CRM's file and a contact in the inbox, read from both by the simplest means there are. */
import { readFileSync, writeFileSync } from "node:fs";
import type { InboxContact, TroubledInbox } from "./inbox.ts";
import { FieldModel, type ModelOwner, type Sides } from "./model.ts";

export const fieldOwners: Record<string, ModelOwner> = {
  firstName: "either",
  lastName: "crm",
  email: "either",
  company: "inbox",
  city: "either",
  tags: "either",
};
export const fieldNames = Object.keys(fieldOwners);
/** As conflicts name them. */
export const targetNames: Record<string, string> = { company: "properties.company", city: "properties.city" };

const head = "External ID,First Name,Last Name,Email,Company,City,Tags,Phone,Notes";
const columns = ["externalId", "firstName", "lastName", "email", "company", "city", "tags", "phone"];

export type CrmRow = Record<string, string> & { notes: string };

/** A file of a naive reader: the notes alone, which are nothing to a sync, have quotes and separators. */
export class CrmFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    this.write([]);
  }

  read(): CrmRow[] {
    const [, ...lines] = readFileSync(this.path, "utf8").trimEnd().split("\r\n");
    return lines.map((line) => {
      const cells = line.split(",");
      const row = Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ""]));
      return { ...row, notes: cells.slice(columns.length).join(",") };
    });
  }

  write(rows: readonly CrmRow[]): void {
    const lines = rows.map((row) => [...columns.map((name) => row[name] ?? ""), row.notes].join(","));
    writeFileSync(this.path, `${[head, ...lines].join("\r\n")}\r\n`);
  }

  text(): string {
    return readFileSync(this.path, "utf8");
  }
}

export class Person {
  readonly phone: string;
  readonly fields = Object.fromEntries(fieldNames.map((name) => [name, new FieldModel(fieldOwners[name] ?? "either")]));
  /** Whether it has had a row and a contact at once. */
  hasMet = false;
  /** The notes of its row, which nobody may touch. */
  notes = "";

  constructor(number: number) {
    this.phone = `+97150${1_000_000 + number}`;
  }

  row(rows: readonly CrmRow[]): CrmRow | undefined {
    return rows.find(({ phone }) => phone === this.phone);
  }

  contact(inbox: TroubledInbox): InboxContact | undefined {
    return [...inbox.contacts.values()].find(({ phone }) => phone === this.phone);
  }
}

export function inboxValueOf(contact: InboxContact, name: string): string {
  if (name === "tags") return [...contact.tags].sort().join(";");
  if (name === "company" || name === "city") return String(contact.properties[name] ?? "");
  return String(contact[name as "firstName"] ?? "");
}

export function changeOf(name: string, value: string): Record<string, unknown> {
  if (name === "tags") return { tags: value === "" ? [] : value.split(";") };
  if (name === "company" || name === "city") return { properties: { [name]: value === "" ? null : value } };
  return { [name]: value === "" ? null : value };
}

export function cellOf(row: CrmRow, name: string): string {
  const cell = row[name] ?? "";
  return name === "tags" ? cell.split(";").filter(Boolean).sort().join(";") : cell;
}

export function sidesOf(row: CrmRow, contact: InboxContact, name: string): Sides {
  return { crm: cellOf(row, name), inbox: inboxValueOf(contact, name) };
}
