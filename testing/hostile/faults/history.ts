/** Faults of a read of the history. They do no work. */
import { networkError } from "./answers.ts";
import { proofless } from "./doubtful.ts";
import type { Fault } from "./fault.ts";
import { neverLeft, ownRefusals } from "./proofs.ts";

export const historyFaults: readonly Fault[] = [
  ...proofless
    .filter(({ name }) => !/^20[124]|^own 400|^HTML 401/.test(name))
    .map(({ name, plain, answer }) => ({
      name: `look: ${name}`,
      workMs: null,
      proof: false,
      plain,
      answer,
    })),
  ...neverLeft.slice(0, 4).map((fault) => ({ ...fault, name: `look: ${fault.name}` })),
  { ...(ownRefusals[5] as Fault), name: "look: own 429, Retry-After 1" },
  { ...(ownRefusals[2] as Fault), name: "look: own 403" },
  {
    name: "look: 200 {}",
    workMs: null,
    proof: false,
    plain: false,
    answer: (own) => ({ ...own, status: 200, text: "{}" }),
  },
  {
    name: "look: 200 []",
    workMs: null,
    proof: false,
    plain: false,
    answer: (own) => ({ ...own, status: 200, text: "[]" }),
  },
  {
    name: "look: history cut short",
    workMs: null,
    proof: false,
    plain: true,
    answer: (own) => ({
      ...own,
      text: own.text.slice(0, Math.floor(own.text.length * 0.7)),
      incomplete: networkError("ECONNRESET", "read", false),
    }),
  },
];
