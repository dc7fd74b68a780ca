/**
 * SHA-256 (FIPS 180-4) without waiting. WebCrypto's own takes a turn of the event loop, in which one send could overtake
 * another; Node's is not there in browsers.
 */

type Constants = { start: Uint32Array; rounds: Uint32Array };
let constants: Constants | undefined;

/** The first 32 bits behind the point of the root. */
function rootFraction(of: number, degree: bigint): number {
  const target = BigInt(of) << (32n * degree);
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root | bit) ** degree <= target) root |= bit;
  return Number(root & 0xffffffffn);
}

/** The roots of the first primes, as the standard has them. */
function makeConstants(): Constants {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  return {
    start: Uint32Array.from(primes.slice(0, 8), (prime) => rootFraction(prime, 2n)),
    rounds: Uint32Array.from(primes, (prime) => rootFraction(prime, 3n)),
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
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const chosen = (e & f) ^ (~e & g);
    const word = (rounds[index] as number) + (words[index] as number);
    const first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + word;
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
  const padded = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(bytes.length) * 8n);
  const state = constants.start.slice();
  const words = new Uint32Array(64);
  for (let offset = 0; offset < padded.byteLength; offset += 64) {
    for (let index = 0; index < 16; index += 1) words[index] = padded.getUint32(offset + 4 * index);
    addBlock(state, constants.rounds, words);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}
