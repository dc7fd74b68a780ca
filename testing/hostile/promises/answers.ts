/** What each answer to a send proves. */
import { doubtfulAnswers } from "../faults/doubtful.ts";
import { proofs } from "../faults/proofs.ts";
import type { Outcome } from "./servers.ts";

/** What comes back for a send, on a conforming server, and how such a send may end. */
export const answerBehaviours: readonly { name: string; promised: string; allowed: readonly Outcome[] }[] = [
  ...proofs.map(({ name }) => ({
    name,
    promised: "Proof that nothing was sent: sent again by itself where waiting helps, else `not_sent`.",
    allowed: ["sent", "not_sent"] as const,
  })),
  ...doubtfulAnswers.map((name) => ({
    name,
    promised:
      "No proof: looked for through the settling time, `sent` where it is found, else `unknown`; never sent again.",
    allowed: ["sent", "unknown"] as const,
  })),
];
