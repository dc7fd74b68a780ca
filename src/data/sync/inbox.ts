/**
 * What the inbox has, read as cheaply as it can be: from the receiver's events at no request, from the list of contacts a
 * hundred at a time, or one by one.
 */
import { Contact } from "../../api/index.ts";
import { type Clock, systemClock } from "../../client/clock.ts";
import { isErrorNamed } from "../../client/index.ts";
import type { EventStore } from "../../webhooks/index.ts";
import { readStoredEvent } from "../../webhooks/store/stored-body.ts";
import { MovementStopped, type PacedCalls } from "../budget/paced-calls.ts";
import type { SyncField } from "./fields.ts";
import { type ContactRecord, readVersion, type SyncState } from "./state.ts";

/** The receiver's store, as far as it is read. */
export type ContactEvents = Pick<EventStore, "read" | "end">;

/** `unknown`: nobody has asked yet whether there is a list. */
export type ReadingMode = "events" | "list" | "one by one" | "unknown";

export type InboxOptions = {
  calls: PacedCalls;
  state: SyncState;
  fields: readonly SyncField[];
  events?: ContactEvents | undefined;
  clock?: Clock | undefined;
  onAttempt: () => void;
};

export const contactsPerPage = 100;
const eventsAtOnce = 500;
const eventTypes = ["contact.created", "contact.updated"] as const;
/** What was read longer ago is read again before it is written over, in milliseconds. */
const freshMs = 60_000;

type Seen = { contact: Contact; at: number };

export class Inbox {
  readonly #options: InboxOptions;
  readonly #clock: Clock;
  /** Contacts as they were read by this sync. */
  readonly #seen = new Map<string, Seen>();
  /** Those of the whole list; `null`: it was not read. */
  #listed: Set<string> | null = null;
  /** Those that are read one by one, and have not been yet. */
  readonly #unread = new Set<string>();
  mode: ReadingMode;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.mode = (options.state.fact("reading") as ReadingMode | null) ?? "unknown";
  }

  /**
   * Reads what the events tell, and nothing else.
   *
   * @returns `false`: there are none, or some are not kept any more, so that all of it must be read
   */
  async readEvents(): Promise<boolean> {
    const { events, state } = this.#options;
    if (!events) return false;
    const { log, position } = await events.end();
    const [knownLog, after] = JSON.parse(state.fact("events") ?? "[]") as [string?, number?];
    if (knownLog !== log || after === undefined || after > position) return false;
    if (!(await this.#takeEvents(events, log, after))) return false;
    this.mode = "events";
    return true;
  }

  /** @returns `false`: there is a gap */
  async #takeEvents(events: ContactEvents, log: string, from: number, ignoresGap = false): Promise<boolean> {
    const latest = new Map<string, { contact: Contact; time: string; version: number }>();
    let after = from;
    for (let more = true; more; ) {
      const page = await events.read({ after, types: eventTypes, limit: eventsAtOnce });
      if (page.gap && !ignoresGap) return false;
      for (const { body } of page.events) {
        const event = readStoredEvent(body);
        const parsed = Contact.safeParse(event?.data);
        if (!event || !parsed.success || !this.#isOfOrg(event.orgId)) continue;
        const version = readVersion(parsed.data, event.createdAt);
        const before = latest.get(parsed.data.id);
        if (!before || version >= before.version)
          latest.set(parsed.data.id, { contact: parsed.data, time: event.createdAt, version });
      }
      after = page.upTo;
      more = page.more;
    }
    for (const { contact, time, version } of latest.values()) this.#takeEvent(contact, time, version);
    this.#options.state.setFact("events", JSON.stringify([log, after]));
    return true;
  }

  #isOfOrg(orgId: unknown): boolean {
    const known = this.#options.state.fact("org");
    return known === null || orgId === undefined || String(orgId) === known;
  }

  /** One that is no newer than what was seen, and says something else, came late: then OnSync is asked. */
  #takeEvent(contact: Contact, time: string, version: number): void {
    const { state, fields } = this.#options;
    const record = state.record(contact.id);
    if (record?.doubt) return;
    if (!record || version > record.version) {
      this.#note(contact, time);
    } else if (state.isAsSeen(contact, fields)) {
      this.#seen.set(contact.id, { contact, at: this.#clock.now() });
    } else {
      record.doubt = true;
      this.#seen.delete(contact.id);
      state.touch(record);
    }
  }

  /** What has come since they were read. @returns `false`: some are not kept any more */
  async pollEvents(): Promise<boolean> {
    const { events, state } = this.#options;
    if (!events) return true;
    const [log = "", after = 0] = JSON.parse(state.fact("events") ?? "[]") as [string?, number?];
    return this.#takeEvents(events, log, after);
  }

  /** Reads all of it, where there is a list; else each is read when it is its turn. */
  async readAll(): Promise<void> {
    const { events, state } = this.#options;
    const end = await events?.end();
    if (!(await this.#readList())) {
      this.mode = "one by one";
      for (const { id, gone } of state.records()) if (!gone) this.#unread.add(id);
      // Of contacts that nobody lists, the events that are kept tell.
      if (events && end) await this.#takeEvents(events, end.log, 0, true);
    } else if (end) state.setFact("events", JSON.stringify([end.log, end.position]));
    state.setFact("reading", this.mode);
    await state.save();
  }

  async #readList(): Promise<boolean> {
    const { calls, onAttempt } = this.#options;
    const listed = new Set<string>();
    let cursor: string | undefined;
    do {
      const query = { limit: contactsPerPage, ...(cursor === undefined ? {} : { cursor }) };
      const page = await calls
        .call((onsync) => onsync.contacts.list(query), { onAttempt })
        .catch((error: unknown) => {
          if (listed.size === 0 && isErrorNamed(error, "ExtensionUnavailableError")) return null;
          throw error;
        });
      if (page === null) return false;
      for (const contact of page.data) {
        this.#note(contact, page.timestamp);
        listed.add(contact.id);
      }
      if (page.nextCursor !== null && page.nextCursor === cursor) throw new Error("the list does not move on");
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    this.#listed = listed;
    this.mode = "list";
    return true;
  }

  #note(contact: Contact, time: string | undefined): ContactRecord {
    const { state, fields } = this.#options;
    const org = contact.orgId === undefined ? null : String(contact.orgId);
    const known = state.fact("org") ?? (org === null ? null : state.setFact("org", org));
    if (org !== null && known !== org)
      throw new MovementStopped(
        `The state is of a sync with ${known}, and this key is of ${org}.`,
        "Name another state with --state.",
        null,
      );
    this.#seen.set(contact.id, { contact, at: this.#clock.now() });
    this.#unread.delete(contact.id);
    return state.noteSeen(contact, fields, time);
  }

  /** Of an answer to a write. */
  noteAnswer(contact: Contact & { timestamp?: string | undefined }): ContactRecord {
    this.#listed?.add(contact.id);
    return this.#note(contact, contact.timestamp);
  }

  /** As it was read in this sync; `null`: it was not. */
  contact(id: string): Contact | null {
    return this.#seen.get(id)?.contact ?? null;
  }

  isGone(record: ContactRecord): boolean {
    return record.gone || (this.#listed !== null && !this.#listed.has(record.id));
  }

  /** Whether it must be read before anything is decided. */
  isUnread(record: ContactRecord): boolean {
    return record.doubt || this.#unread.has(record.id);
  }

  /** @returns `null` where OnSync has it no more */
  async get(id: string): Promise<Contact | null> {
    const { calls, state, onAttempt } = this.#options;
    this.#unread.delete(id);
    try {
      const contact = await calls.call((onsync) => onsync.contacts.get(id), { onAttempt });
      this.#note(contact, contact.timestamp);
      return contact;
    } catch (error) {
      if (!isErrorNamed(error, "NotFoundError")) throw error;
      this.noteGone(id);
      return null;
    } finally {
      await state.save();
    }
  }

  noteGone(id: string): void {
    const record = this.#options.state.record(id);
    if (record) Object.assign(this.#options.state.touch(record), { gone: true, doubt: false });
  }

  /** Before it is written over: what somebody did meanwhile is seen. */
  async freshen(id: string): Promise<void> {
    if (this.mode === "events") {
      if (!(await this.pollEvents()) || this.#options.state.record(id)?.doubt) await this.get(id);
      return;
    }
    const seen = this.#seen.get(id);
    if (!seen || this.#clock.now() - seen.at > freshMs) await this.get(id);
  }
}
