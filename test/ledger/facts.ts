/**
 * What a ledger must answer, worked out anew for each question from the bare list of what happened: no state is kept, so
 * that none can be kept wrongly. It shares nothing with the engines.
 */
type Fact =
  | { at: number; what: "claim"; reference: string; claimId: string }
  | { at: number; what: "end"; reference: string; state: "sent" | "not_sent" | "unknown"; detail: string };

const thirtyDaysMs = 2_592_000_000;

export type Reading = { state: string; claimId: string; detail: string | null; ageMs: number };

export class Facts {
  readonly leaseMs: number;
  #facts: Fact[] = [];
  #notes: { at: number; name: string; value: string; untilAt: number }[] = [];
  #admissions: { at: number; ticket: string }[] = [];

  constructor(leaseMs: number) {
    this.leaseMs = leaseMs;
  }

  read(reference: string, now: number): Reading | null {
    const facts = this.#facts.filter((fact) => fact.reference === reference);
    const last = facts.at(-1);
    const claim = facts.findLast((fact) => fact.what === "claim");
    if (!last || !claim || claim.what !== "claim" || last.at + thirtyDaysMs <= now) return null;
    const ageMs = now - claim.at;
    const common = { claimId: claim.claimId, ageMs };
    if (last.what === "end") return { ...common, state: last.state, detail: last.detail };
    return { ...common, state: ageMs < this.leaseMs ? "claimed" : "unknown", detail: null };
  }

  mayClaim(reference: string, replaces: string | undefined, now: number): boolean {
    const there = this.read(reference, now);
    if (there === null || there.state === "not_sent") return true;
    return there.state === "unknown" && there.claimId === replaces;
  }

  claimed(reference: string, claimId: string, at: number): void {
    this.#facts.push({ at, what: "claim", reference, claimId });
  }

  ended(
    reference: string,
    state: "sent" | "not_sent" | "unknown",
    detail: string,
    claimId: string | undefined,
    at: number,
  ): void {
    const there = this.read(reference, at);
    if (there === null || there.state === "sent") return;
    if (state === "sent" || there.claimId === claimId) this.#facts.push({ at, what: "end", reference, state, detail });
  }

  /** The latest claims first. */
  list(states: readonly string[], limit: number, now: number): string[] {
    const claims = this.#facts.filter(({ what }) => what === "claim").map(({ reference }) => reference);
    return [...new Set(claims.reverse())]
      .filter((reference) => states.includes(this.read(reference, now)?.state ?? ""))
      .slice(0, limit);
  }

  note(name: string, now: number): string | null {
    const last = this.#notes.findLast((note) => note.name === name);
    return last && last.untilAt > now ? last.value : null;
  }

  noted(name: string, value: string, untilAt: number, at: number): void {
    this.#notes.push({ at, name, value, untilAt });
  }

  /** How long until there is room; 0: there is. */
  waitMs(limit: number, windowMs: number, now: number): number {
    const counts = (at: number) => this.#admissions.filter((each) => each.at <= at && each.at + windowMs > at).length;
    if (counts(now) < limit) return 0;
    const leaving = this.#admissions.map(({ at }) => at + windowMs).filter((at) => at > now);
    return Math.min(...leaving.filter((at) => counts(at) < limit)) - now;
  }

  admitted(ticket: string, at: number): void {
    this.#admissions.push({ at, ticket });
  }

  released(ticket: string): void {
    this.#admissions = this.#admissions.filter((each) => each.ticket !== ticket);
  }
}
