/**
 * What a sync must come to, judged by looking at both sides before and after it: it knows nothing of hashes, states or requests.
 * Where a sync was ended it may or may not know that both sides were the same for a while: then either is right.
 */
export type ModelOwner = "crm" | "inbox" | "either";
export type Sides = { crm: string; inbox: string };
export type Expected = { sides: Sides; conflict: boolean };

/** One field of one person, on both sides. */
export class FieldModel {
  readonly owner: ModelOwner;
  /** What both sides had when a sync last saw them the same, as far as that is certain; `null`: never. */
  #bases: (string | null)[] = [null];
  /** Whether the last sync left it to a person. */
  isConflict = false;

  constructor(owner: ModelOwner) {
    this.owner = owner;
  }

  /** Looks at both sides while a sync is under way, or after one that was ended: it may have seen what is seen here. */
  observe({ crm, inbox }: Sides): void {
    if (crm === inbox && !this.#bases.includes(crm)) this.#bases.push(crm);
  }

  /** A sync has put it there, from the other side as it was then. */
  observeValue(value: string): void {
    this.observe({ crm: value, inbox: value });
  }

  /** After a sync that came to its end. */
  settle({ crm, inbox }: Sides): void {
    if (crm === inbox) this.#bases = [crm];
    this.isConflict = crm !== inbox;
  }

  /** What both sides must be after a sync that came to its end. */
  expect(before: Sides): Expected[] {
    return this.#bases.map((base) => this.#expectFrom(base, before));
  }

  #expectFrom(base: string | null, sides: Sides): Expected {
    const { crm, inbox } = sides;
    const same = (value: string) => ({ sides: { crm: value, inbox: value }, conflict: false });
    if (crm === inbox) return same(crm);
    // Those who have never met take from each other what they lack.
    if (base === null && (crm === "" || inbox === "")) return same(crm || inbox);
    if (this.owner !== "either") return same(sides[this.owner]);
    if (crm !== base && inbox !== base) return { sides, conflict: true };
    return same(crm === base ? inbox : crm);
  }

  /** What a sync that was ended may have left, wherever it was. */
  allow(before: Sides): Sides[] {
    return [before, ...this.expect(before).map(({ sides }) => sides)];
  }
}
