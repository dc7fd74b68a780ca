/** A part on its way to disk: under another name until it is whole. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, rmSync, writeSync } from "node:fs";
import { isFile, openPrivate } from "../paths.ts";

export class PartFile {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #hash = createHash("sha256");
  #bytes = 0;

  /** @param path one of ours: what is there was left by a process that ended on the way */
  constructor(path: string) {
    this.#path = path;
    if (isFile(path)) rmSync(path);
    this.#descriptor = openPrivate(path, true);
  }

  write(content: Uint8Array | string): void {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    for (let written = 0; written < bytes.byteLength; )
      written += writeSync(this.#descriptor, bytes, written, bytes.byteLength - written);
    this.#hash.update(bytes);
    this.#bytes += bytes.byteLength;
  }

  /** It is on disk. */
  finish(): { bytes: number; sha256: Uint8Array } {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    return { bytes: this.#bytes, sha256: this.#hash.digest() };
  }

  abandon(): void {
    closeSync(this.#descriptor);
    rmSync(this.#path, { force: true });
  }
}
