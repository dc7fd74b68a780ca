/**
 * What both sides had when they last agreed, by contact and field. It holds no value of a contact: what is kept of values,
 * keys and identifiers are hashes, with a salt of its own.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Contact } from "../../api/index.ts";
import { parseInstant } from "../../client/wire/instant.ts";
import { listIdentifiers, readContact, type SyncField, toComparable, type Value } from "./fields.ts";

/** Hashes of a field: of the CRM and of the inbox when they last agreed (`null`: never), and of the inbox as it was seen last. */
export type FieldState = [crm: string | null, inbox: string | null, seen: string];

/** A contact of the inbox, with a row of the CRM or without. */
export type ContactRecord = {
  id: string;
  /** Hash of the row's key; `null` where it has none. */
  key: string | null;
  /** Whether it has had a row: one that is gone is not written again. */
  linked: boolean;
  /** When what was seen was made, by OnSync's clock, in milliseconds. */
  version: number;
  /** Whether it must be read before it is used: a write's answer is missing, or events do not agree. */
  doubt: boolean;
  /** Hashes of what was sent last, by field, until its answer is there. */
  sent: Record<string, string>;
  /** Whether OnSync has it no more. */
  gone: boolean;
  identifiers: readonly string[];
  fields: Record<string, FieldState>;
};

export type StateStore = {
  load(): Promise<{ facts: ReadonlyMap<string, string>; records: ContactRecord[] }>;
  /** All of it or nothing. */
  save(facts: ReadonlyMap<string, string>, records: readonly ContactRecord[]): Promise<void>;
  close(): Promise<void>;
};

export class SyncState {
  readonly #store: StateStore;
  readonly #facts: Map<string, string>;
  readonly #records = new Map<string, ContactRecord>();
  readonly #byKey = new Map<string, string>();
  readonly #byIdentifier = new Map<string, string>();
  readonly #changedFacts = new Map<string, string>();
  readonly #changed = new Set<ContactRecord>();
  readonly #salt: string;

  constructor(store: StateStore, { facts, records }: Awaited<ReturnType<StateStore["load"]>>) {
    this.#store = store;
    this.#facts = new Map(facts);
    this.#salt = this.fact("salt") ?? this.setFact("salt", randomBytes(16).toString("hex"));
    for (const record of records) {
      this.#records.set(record.id, record);
      if (record.key !== null) this.#byKey.set(record.key, record.id);
      for (const identifier of record.identifiers) this.#byIdentifier.set(identifier, record.id);
    }
  }

  fact(name: string): string | null {
    return this.#facts.get(name) ?? null;
  }

  setFact(name: string, value: string): string {
    this.#facts.set(name, value);
    this.#changedFacts.set(name, value);
    return value;
  }

  /** Of an API key, what tells another one and nothing else. */
  #fingerprint(key: string): string {
    return createHmac("sha256", this.#salt).update(key).digest("hex").slice(0, 16);
  }

  knowsKey(key: string): boolean {
    return this.fact(`key ${this.#fingerprint(key)}`) !== null;
  }

  addKey(key: string): void {
    this.setFact(`key ${this.#fingerprint(key)}`, "known");
  }

  anyContact(): string | null {
    for (const { id, gone } of this.#records.values()) if (!gone) return id;
    return null;
  }

  #hash(text: string): string {
    return createHash("sha256").update(this.#salt).update(text).digest("base64url").slice(0, 16);
  }

  /** `""` for an empty one. */
  hashValue(name: string, value: Value): string {
    const text = toComparable(name, value);
    return text === "" ? "" : this.#hash(`${name} ${text}`);
  }

  /** Of what cannot be read as a value: it is like none. */
  hashUnreadable(text: string): string {
    return `!${this.#hash(text)}`;
  }

  records(): IterableIterator<ContactRecord> {
    return this.#records.values();
  }

  record(id: string): ContactRecord | undefined {
    return this.#records.get(id);
  }

  findByKey(key: string): ContactRecord | undefined {
    return this.#records.get(this.#byKey.get(this.#hash(`key ${key}`)) ?? "");
  }

  /** Who has it in the inbox, or had it, as far as it is known. */
  findByIdentifier(identifier: string): ContactRecord | undefined {
    return this.#records.get(this.#byIdentifier.get(this.#hash(identifier)) ?? "");
  }

  /** Notes what OnSync says of a contact. @param time of what says so, where the contact has none itself */
  noteSeen(contact: Contact, fields: readonly SyncField[], time: string | undefined): ContactRecord {
    const identifiers = listIdentifiers(contact).map((each) => this.#hash(each));
    const record = this.#records.get(contact.id) ?? this.#create(contact.id);
    for (const old of record.identifiers) if (this.#byIdentifier.get(old) === record.id) this.#byIdentifier.delete(old);
    for (const each of identifiers) this.#byIdentifier.set(each, record.id);
    const version = readVersion(contact, time);
    const seen = fields.map(({ name }) => [name, this.hashValue(name, readContact(name, contact))] as const);
    const isSame =
      identifiers.join(" ") === record.identifiers.join(" ") &&
      record.version >= version &&
      !record.doubt &&
      !record.gone &&
      seen.every(([name, hash]) => record.fields[name]?.[2] === hash);
    record.identifiers = identifiers;
    if (isSame) return record;
    for (const [name, hash] of seen) {
      const field = record.fields[name];
      if (field) field[2] = hash;
      else record.fields[name] = [null, null, hash];
    }
    // The answer was lost, and yet it was done.
    for (const [name, hash] of Object.entries(record.sent))
      if (record.fields[name]?.[2] === hash) record.fields[name] = [hash, hash, hash];
    Object.assign(record, { version: Math.max(version, record.version), doubt: false, sent: {}, gone: false });
    return this.touch(record);
  }

  #create(id: string): ContactRecord {
    const record: ContactRecord = {
      ...{ id, key: null, linked: false, version: 0, doubt: false, sent: {}, gone: false },
      ...{ identifiers: [], fields: {} },
    };
    this.#records.set(id, record);
    return record;
  }

  /** Whether a contact is as it was seen last. */
  isAsSeen(contact: Contact, fields: readonly SyncField[]): boolean {
    const record = this.#records.get(contact.id);
    return fields.every(({ name }) => record?.fields[name]?.[2] === this.hashValue(name, readContact(name, contact)));
  }

  link(record: ContactRecord, key: string | null): void {
    const hash = key === null ? record.key : this.#hash(`key ${key}`);
    if (record.linked && record.key === hash) return;
    if (record.key !== null && this.#byKey.get(record.key) === record.id) this.#byKey.delete(record.key);
    if (hash !== null) this.#byKey.set(hash, record.id);
    Object.assign(record, { linked: true, key: hash });
    this.touch(record);
  }

  /** Notes that both sides agree on a field. */
  agree(record: ContactRecord, name: string, crm: string, inbox: string): void {
    const field = record.fields[name] ?? [null, null, inbox];
    if (field[0] === crm && field[1] === inbox && record.fields[name]) return;
    record.fields[name] = [crm, inbox, field[2]];
    this.touch(record);
  }

  /** What was changed in it is saved next. */
  touch(record: ContactRecord): ContactRecord {
    this.#changed.add(record);
    return record;
  }

  async save(): Promise<void> {
    if (this.#changed.size === 0 && this.#changedFacts.size === 0) return;
    const [facts, records] = [new Map(this.#changedFacts), [...this.#changed]];
    this.#changedFacts.clear();
    this.#changed.clear();
    await this.#store.save(facts, records);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

export function readVersion(contact: Contact, time: string | undefined): number {
  return [contact.updatedAt, time].map(parseInstant).find((each) => !Number.isNaN(each)) ?? 0;
}

export async function openState(store: StateStore): Promise<SyncState> {
  return new SyncState(store, await store.load());
}

/** For a look that leaves nothing behind. */
export function createMemoryState(): StateStore {
  return {
    load: async () => ({ facts: new Map(), records: [] }),
    save: async () => {},
    close: async () => {},
  };
}
