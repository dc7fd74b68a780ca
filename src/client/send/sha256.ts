/**
 * SHA-256 (FIPS 180-4) without waiting. WebCrypto's own takes a turn of the event loop, in which one send could overtake
 * another; Node's is not there in browsers.
 */

type Constants = { start: Uint32Array; rounds: Uint32Array };
let constants: Constants | undefined;

/** The first 32 bits behind the point of the roots of the first primes, as the standard has them: what is before it is cut off. */
function makeConstants(): Constants {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  return {
    start: Uint32Array.from(primes.slice(0, 8), (prime) => Math.sqrt(prime) * 2 ** 32),
    rounds: Uint32Array.from(primes, (prime) => Math.cbrt(prime) * 2 ** 32),
  };
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** @param words of the block, of which the first 16 are set */
function addBlock(state: Uint32Array, rounds: Uint32Array, words: Uint32Array): void {
  for (let index = 16; index < 64; index += 1) {
    const older = words[index - 15] as number;
    const newer = words[index - 2] as number;
    const mixed = rotate(older, 7) ^ rotate(older, 18) ^ (older >>> 3);
    const mixedNewer = rotate(newer, 17) ^ rotate(newer, 19) ^ (newer >>> 10);
    words[index] = (words[index - 16] as number) + mixed + (words[index - 7] as number) + mixedNewer;
  }
  let a = (state[0] as number) | 0;
  let b = (state[1] as number) | 0;
  let c = (state[2] as number) | 0;
  let d = (state[3] as number) | 0;
  let e = (state[4] as number) | 0;
  let f = (state[5] as number) | 0;
  let g = (state[6] as number) | 0;
  let h = (state[7] as number) | 0;
  for (let index = 0; index < 64; index += 1) {
    const chosen = (e & f) ^ (~e & g);
    const word = ((rounds[index] as number) + (words[index] as number)) | 0;
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + word) | 0;
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state.set([a, b, c, d, e, f, g, h].map((word, index) => word + (state[index] as number)));
}

/** @returns the hash of the text's UTF-8 bytes, in hex */
export function sha256(text: string): string {
  constants ??= makeConstants();
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const state = constants.start.slice();
  const words = new Uint32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let index = 0; index < 16; index += 1) words[index] = view.getUint32(offset + 4 * index);
    addBlock(state, constants.rounds, words);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}
