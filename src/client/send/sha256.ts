/**
 * SHA-256 (FIPS 180-4) without waiting. WebCrypto's own takes a turn of the event loop, in which one send could overtake
 * another; Node's is not there in browsers.
 */

type Constants = { start: number[]; rounds: number[] };
let constants: Constants | undefined;
/** Of the block under way: no other can be, and to make them anew for each costs more than a block. */
const words = new Int32Array(64);

/** The first 32 bits behind the point of the roots of the first primes, as the standard has them: what is before it is cut off. */
function makeConstants(): Constants {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  return {
    start: primes.slice(0, 8).map((prime) => (Math.sqrt(prime) * 2 ** 32) | 0),
    rounds: primes.map((prime) => (Math.cbrt(prime) * 2 ** 32) | 0),
  };
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/**
 * @param state that the blocks before left
 * @returns what this one leaves; the first 16 of its words are set
 */
function addBlock(state: readonly number[], rounds: readonly number[]): number[] {
  for (let index = 16; index < 64; index += 1) {
    const older = words[index - 15] as number;
    const newer = words[index - 2] as number;
    const mixed = rotate(older, 7) ^ rotate(older, 18) ^ (older >>> 3);
    const mixedNewer = rotate(newer, 17) ^ rotate(newer, 19) ^ (newer >>> 10);
    words[index] = (words[index - 16] as number) + mixed + (words[index - 7] as number) + mixedNewer;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const chosen = g ^ (e & (f ^ g));
    const word = ((rounds[index] as number) + (words[index] as number)) | 0;
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + word) | 0;
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (c & (a ^ b)));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + (state[index] as number)) | 0);
}

/** @returns the hash of the text's UTF-8 bytes, in hex */
export function sha256(text: string): string {
  constants ??= makeConstants();
  const bytes = new TextEncoder().encode(text);
  const { length } = bytes;
  // After them a 1, as many 0 as are missing, and how many bits they are, in two words.
  const size = (length + 72) & -64;
  let state = constants.start;
  for (let offset = 0; offset < size; offset += 64) {
    for (let index = 0; index < 64; index += 1) {
      const at = offset + index;
      words[index >> 2] = ((words[index >> 2] as number) << 8) | (bytes[at] ?? (at > length ? 0 : 0x80));
    }
    if (offset + 64 === size) words.set([length / 2 ** 29, length * 8], 14);
    state = addBlock(state, constants.rounds);
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
