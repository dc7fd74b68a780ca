/**
 * What an OnSync of its own knows: contacts, conversations and messages, each with every state it ever had and since when. The
 * judge asks it what was true at a moment; the server what is now, or what a history that lags still shows.
 */

export const tableNames = ["contacts", "messages", "conversations"] as const;
export type TableName = (typeof tableNames)[number];
export type Row = Record<string, unknown> & { id: string };
/** A state of a row, from then until the next. */
export type Version = { at: number; row: Row };

export type EventType =
  | "message.created"
  | "message.updated"
  | "conversation.assigned"
  | "conversation.resolved"
  | "contact.created"
  | "contact.updated";

export type InboxEvent = { id: string; type: EventType; orgId: string; createdAt: string; data: Row };

export const orgId = "org_01JGDEXPORTTORTURE00000000";
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Ids as OnSync makes them: a prefix, the time and a number, so that they sort in the order in which they were made. */
function createIds(): (prefix: string, at: number) => string {
  let made = 0;
  const encode = (value: number, length: number): string =>
    Array.from({ length }, (_, index) => digits[Math.floor(value / 32 ** (length - 1 - index)) % 32]).join("");
  return (prefix, at) => `${prefix}_${encode(at, 10)}${encode(++made, 16)}`;
}

export function toTime(at: number): string {
  return new Date(at).toISOString();
}

export class Inbox {
  readonly tables: Readonly<Record<TableName, Map<string, Version[]>>> = {
    contacts: new Map(),
    messages: new Map(),
    conversations: new Map(),
  };
  /** By conversation, in the order in which they were made. */
  readonly histories = new Map<string, string[]>();
  readonly events: InboxEvent[] = [];
  readonly createId = createIds();
  onEvent: (event: InboxEvent) => void = () => {};
  /** While it is filled with a past, nothing is told. */
  silent = false;

  /** The next state of a row; a row that is not there yet begins with it. */
  save(table: TableName, row: Row, at: number): Row {
    const rows = this.tables[table];
    const versions = rows.get(row.id) ?? [];
    versions.push({ at, row });
    rows.set(row.id, versions);
    return row;
  }

  newest(table: TableName, id: string): Row {
    const row = this.tables[table].get(id)?.at(-1)?.row;
    if (!row) throw new Error(`${table} has no ${id}`);
    return row;
  }

  ids(table: TableName): string[] {
    return [...this.tables[table].keys()];
  }

  tell(type: EventType, data: Row, at: number): void {
    if (this.silent) return;
    const event = { id: this.createId("evt", at), type, orgId, createdAt: toTime(at), data };
    this.events.push(event);
    this.onEvent(event);
  }
}

/** The number of the state that a row was in then; -1: it was not there yet. */
export function versionAt(versions: readonly Version[], at: number): number {
  return versions.findLastIndex((version) => version.at <= at);
}
