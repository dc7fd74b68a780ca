/**
 * People who edit a CRM's file and an inbox at random, and syncs between them that are ended anywhere, lose answers and are put
 * off; after each, both sides are held against the model.
 */
import { join } from "node:path";
import type { SyncResult } from "../../src/data/sync/result.ts";
import type { Random } from "../hostile/random.ts";
import { TroubledInbox } from "./inbox.ts";
import { judge, judgeAgain, type Seen, see } from "./judge.ts";
import { Killer, liveOnce } from "./life.ts";
import { CrmFile, changeOf, fieldNames, inboxValueOf, Person, sidesOf } from "./people.ts";

export type Mode = "events" | "list" | "one by one";

const values = ["", "Sara", "Ali", "Eve", "Zoë", "日本"];
const tagValues = ["", "lead", "lead;expo", "vip"];
const notes = ["", '"a, ""b"""', "'=1+1", '"x, y"'];

export class Campaign {
  readonly #random: Random;
  readonly #mode: Mode;
  readonly #folder: string;
  /** OnSync's time: several things may happen in one millisecond of it. */
  #serverTime = Date.parse("2024-12-01T10:00:00.000Z");
  readonly inbox: TroubledInbox;
  readonly crm: CrmFile;
  readonly people: Person[] = [];
  readonly violations: string[] = [];
  readonly totals = { syncs: 0, kills: 0, edits: 0, conflicts: 0, requests: 0 };
  readonly #edited = { crm: new Set<string>(), inbox: new Set<string>() };
  #made = 0;

  constructor(random: Random, mode: Mode, folder: string) {
    this.#random = random;
    this.#mode = mode;
    this.#folder = folder;
    this.inbox = new TroubledInbox(random.next, () => this.#tick());
    this.inbox.hasList = mode === "list" || (mode === "events" && random.chance(0.7));
    this.crm = new CrmFile(join(folder, "crm.csv"));
  }

  #tick(): number {
    this.#serverTime += this.#random.pick([0, 0, 1, 700]);
    return this.#serverTime;
  }

  async run(rounds: number): Promise<void> {
    this.#addPeople(this.#random.whole(2, 5));
    for (let round = 0; round < rounds && this.violations.length === 0; round++) {
      this.#edit();
      const isTroubled = this.#random.chance(0.5);
      this.inbox.trouble = isTroubled ? 0.2 : 0;
      if (isTroubled) await this.#sync(this.#random.whole(0, 25), this.#random.chance(0.4));
      // Once more without a kill, and then with nothing to do.
      this.inbox.deliver();
      await this.#sync(null, false);
      this.inbox.deliver();
      await this.#syncAgain();
    }
  }

  #addPeople(count: number): void {
    const rows = this.crm.read();
    for (let added = 0; added < count; added++) {
      this.#made += 1;
      const person = new Person(this.#made);
      const draw = (name: string) => (name === "email" ? this.#drawEmail(person) : this.#draw(name));
      const where = this.#random.next();
      if (where < 0.7) {
        person.notes = this.#random.pick(notes);
        const cells = Object.fromEntries(fieldNames.map((name) => [name, draw(name)]));
        const externalId = this.#random.chance(0.8) ? `crm_${this.#made}` : "";
        rows.push({ ...cells, externalId, phone: person.phone, notes: person.notes });
      }
      // Whom nobody can find is not met: only rows, or lists and events, tell of a contact.
      if (where >= 0.7 ? this.#mode !== "one by one" || where > 2 : where < 0.3) {
        const contact = this.inbox.add({ phone: person.phone });
        for (const name of fieldNames) this.inbox.change(contact, changeOf(name, draw(name)));
        // The identifiers of one that nobody can list are taken over from the CRM.
        if (this.#mode !== "list") {
          const row = person.row(rows);
          if (row) this.inbox.change(contact, changeOf("email", row.email ?? ""));
        }
      } else if (where >= 0.7) continue;
      this.people.push(person);
    }
    this.crm.write(rows);
  }

  #drawEmail({ phone }: Person): string {
    return this.#random.chance(0.3) ? "" : `${this.#random.pick(["a", "b", "c"])}${phone.slice(1)}@example.com`;
  }

  #draw(name: string): string {
    return this.#random.pick(name === "tags" ? tagValues : values);
  }

  /** Between two syncs. */
  #edit(): void {
    for (const side of ["crm", "inbox"] as const) this.#edited[side].clear();
    this.inbox.delaysEvents = false;
    if (this.#random.chance(0.3) || this.people.length === 0) this.#addPeople(this.#random.whole(1, 2));
    // Events that are late hide what was done: then nobody edits the same field on the other side.
    this.inbox.delaysEvents = this.#mode === "events" && this.#random.chance(0.3);
    for (let edits = this.#random.whole(0, 6); edits > 0 && this.people.length > 0; edits--) {
      const person = this.#random.pick(this.people);
      const name = this.#random.pick(fieldNames);
      // The identifiers of one that nobody has listed are taken over from the CRM.
      if (name === "email" && !person.hasMet && this.#mode !== "list") continue;
      if (this.#random.chance(0.5)) this.#editRow(person, name);
      else this.#editContact(person, name);
    }
    if (this.#random.chance(0.1) && this.people.length > 0) this.#remove();
    if (this.#random.chance(0.2)) this.#resolve();
  }

  /** Whether late events hide it: then nobody edits on both sides what no sync could know of. */
  #isHidden(person: Person, name: string, other: "crm" | "inbox"): boolean {
    const field = `${person.phone} ${name}`;
    if (this.inbox.delaysEvents && this.#edited[other].has(field)) return true;
    this.#edited[other === "crm" ? "inbox" : "crm"].add(field);
    return false;
  }

  #editRow(person: Person, name: string, during = false): void {
    const rows = this.crm.read();
    const [row, contact] = [person.row(rows), person.contact(this.inbox)];
    if (!row || this.#isHidden(person, name, "inbox")) return;
    const value = name === "email" ? this.#drawEmail(person) : this.#draw(name);
    if (contact) {
      const sides = sidesOf(row, contact, name);
      if (value === sides.crm) return;
      if (during) person.fields[name]?.observe(sides);
    }
    this.crm.write(rows.map((each) => (each === row ? { ...row, [name]: value } : each)));
    this.totals.edits += 1;
  }

  #editContact(person: Person, name: string): void {
    const contact = person.contact(this.inbox);
    if (!contact || this.#isHidden(person, name, "crm")) return;
    const value = name === "email" ? this.#drawEmail(person) : this.#draw(name);
    if (value === inboxValueOf(contact, name)) return;
    this.inbox.change(contact, changeOf(name, value));
    this.totals.edits += 1;
  }

  /** Somebody deletes a row or a contact: the other side keeps its own. */
  #remove(): void {
    const person = this.#random.pick(this.people);
    const [rows, contact] = [this.crm.read(), person.contact(this.inbox)];
    if (!person.hasMet) return;
    if (this.#random.chance(0.5)) this.crm.write(rows.filter(({ phone }) => phone !== person.phone));
    else if (contact) this.inbox.contacts.delete(contact.id);
    this.people.splice(this.people.indexOf(person), 1);
  }

  /** Somebody decides a conflict: one side takes what the other has. */
  #resolve(): void {
    const rows = this.crm.read();
    for (const person of this.people) {
      const [row, contact] = [person.row(rows), person.contact(this.inbox)];
      const name = fieldNames.find((each) => person.fields[each]?.isConflict);
      if (!row || !contact || name === undefined) continue;
      this.inbox.change(contact, changeOf(name, sidesOf(row, contact, name).crm));
      return;
    }
  }

  /** @param kill after so many steps; @param disturbed whether somebody edits the file meanwhile */
  async #sync(kill: number | null, disturbed: boolean): Promise<void> {
    const before = see(this.people, this.crm, this.inbox);
    const killer = new Killer();
    if (kill !== null) killer.left = kill;
    const edited = new Set<string>();
    killer.between = () => {
      if (!disturbed || this.people.length === 0 || !this.#random.chance(0.1)) return;
      const person = this.#random.pick(this.people);
      const name = this.#random.pick(fieldNames);
      if (name === "email" && !person.hasMet && this.#mode !== "list") return;
      edited.add(`${person.phone} ${name}`);
      this.#editRow(person, name, true);
    };
    const ended = await this.#runSync(killer);
    // While events are late it cannot know what was done, and is judged as one that was ended.
    const result = this.inbox.delaysEvents && kill !== null ? null : ended;
    const after = see(this.people, this.crm, this.inbox);
    const hidden = this.inbox.delaysEvents && kill !== null ? this.#edited.inbox : new Set<string>();
    this.violations.push(...judge({ people: this.people, before, after, result, edited, hidden, mode: this.#mode }));
  }

  async #syncAgain(): Promise<void> {
    const before: Seen = see(this.people, this.crm, this.inbox);
    const [text, from] = [this.crm.text(), this.inbox.requests.length];
    const result = await this.#runSync(new Killer());
    this.violations.push(
      ...judgeAgain(before, see(this.people, this.crm, this.inbox), {
        ...{ isSameFile: this.crm.text() === text, result, mode: this.#mode },
        requests: this.inbox.requests.slice(from),
        contacts: this.inbox.contacts.size,
        hasList: this.inbox.hasList,
      }),
    );
  }

  /** @returns `null`: it was ended */
  async #runSync(killer: Killer): Promise<SyncResult | null> {
    this.totals.syncs += 1;
    if (killer.left !== Number.POSITIVE_INFINITY) this.totals.kills += 1;
    else this.inbox.trouble = 0;
    const result = await liveOnce(killer, {
      ...{ file: this.crm.path, stateFile: join(this.#folder, "state.db"), inbox: this.inbox },
      hasEvents: this.#mode === "events",
      // The machine's clock may jump from one sync to the next.
      startsAt: this.#serverTime + this.#random.whole(-2, 2) * 86_400_000,
    });
    this.totals.requests += result?.requests ?? 0;
    this.totals.conflicts += result?.conflicts.length ?? 0;
    return result;
  }
}
