/**
 * What can happen to one request on its way there and back. A fault says when the work of a send is done, what comes back,
 * and whether that is proof that the request was not processed.
 */
import type { Random } from "../random.ts";

/** What one attempt is answered with; `reject` for what never becomes an answer. */
export type Answer =
  | { status: number; headers: Record<string, string>; text: string; incomplete?: Error }
  | { reject: Error }
  | "silence";

export type Fault = {
  name: string;
  /**
   * When the work is done, after the request arrived: `null` never, 0 before the answer. A request that never left does
   * no work.
   */
  workMs: number | null;
  /** Whether the answer proves that OnSync did not process the request. */
  proof: boolean;
  /** A fault that any network or server has, with no work after the answer and no answer of anybody else's. */
  plain: boolean;
  /** Given the answer OnSync would have sent. */
  answer(own: { status: number; headers: Record<string, string>; text: string }, random: Random): Answer;
  /** How long until the answer or the failure, beside the usual. */
  delayMs?: number;
  /** The answer is whole and right, only late. */
  good?: true;
};

/** Nothing happens to it: for a place in a row of faults. */
export const undisturbed: Fault = {
  name: "undisturbed",
  workMs: 0,
  proof: false,
  plain: true,
  good: true,
  answer: (own) => own,
};

/** A slow but good answer. */
export const slow: Fault = {
  name: "the answer takes 20 s",
  workMs: 0,
  proof: false,
  plain: true,
  delayMs: 20_000,
  good: true,
  answer: (own) => own,
};
export const tooSlow: Fault = {
  ...slow,
  name: "the answer takes 45 s",
  delayMs: 45_000,
};
