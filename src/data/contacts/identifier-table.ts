/**
 * Which row an identifier was met in first. A map of texts would take ten times the memory for a file of a million: what is kept
 * of a text is 64 bits of hash, by which two of ten million differ but once in a hundred thousand files.
 */
export class IdentifierTable {
  #capacity = 1 << 12;
  #size = 0;
  #high = new Uint32Array(this.#capacity);
  #low = new Uint32Array(this.#capacity);
  /** The row and one more; 0 where there is none. */
  #rows = new Int32Array(this.#capacity);

  /** @returns the row that had it before; `undefined`: this one is the first */
  add(text: string, row: number): number | undefined {
    if (this.#size * 4 > this.#capacity * 3) this.#grow();
    const [high, low] = hashText(text);
    const place = this.#find(high, low);
    const known = this.#rows[place] ?? 0;
    if (known !== 0) return known - 1;
    this.#put(place, high, low, row + 1);
    this.#size += 1;
    return undefined;
  }

  #find(high: number, low: number): number {
    const mask = this.#capacity - 1;
    let place = (high ^ low) & mask;
    while (this.#rows[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low))
      place = (place + 1) & mask;
    return place;
  }

  #put(place: number, high: number, low: number, row: number): void {
    this.#high[place] = high;
    this.#low[place] = low;
    this.#rows[place] = row;
  }

  #grow(): void {
    const [high, low, rows] = [this.#high, this.#low, this.#rows];
    this.#capacity *= 2;
    this.#high = new Uint32Array(this.#capacity);
    this.#low = new Uint32Array(this.#capacity);
    this.#rows = new Int32Array(this.#capacity);
    for (const [index, row] of rows.entries()) {
      if (row === 0) continue;
      const [one, other] = [high[index] ?? 0, low[index] ?? 0];
      this.#put(this.#find(one, other), one, other, row);
    }
  }
}

/** Two halves that are mixed by different multipliers, and by each other in the end. */
function hashText(text: string): [high: number, low: number] {
  let one = 0xdeadbeef;
  let other = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 2654435761);
    other = Math.imul(other ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return [one >>> 0, other >>> 0];
}
