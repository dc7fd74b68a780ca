/** A hash for each row of a file, out of the way of the garbage collector: of a million rows they take 16 MB. */
const hashBytes = 16;

export class RowHashes {
  #bytes = Buffer.alloc(hashBytes * 1_024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param hash in hexadecimal, 32 digits; `null` for a row without one */
  push(hash: string | null): void {
    const at = this.#count * hashBytes;
    if (at === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * at);
    if (hash !== null) this.#bytes.write(hash, at, hashBytes, "hex");
    this.#count += 1;
  }

  isSame(row: number, hash: string | null): boolean {
    const at = row * hashBytes;
    return row < this.#count && this.#bytes.toString("hex", at, at + hashBytes) === (hash ?? "0".repeat(2 * hashBytes));
  }
}
