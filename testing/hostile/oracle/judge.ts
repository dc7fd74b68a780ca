/**
 * The judge: what the client said, held against what the model knows to be true. It knows every request, every message and
 * every instant, and nothing of how the client works.
 */
import { findForgotten, findNeedlesslyUnknown, findUnsent } from "./certainty.ts";
import { createJudgedCall } from "./evidence.ts";
import { findChanged, findDoubledCalls, findDoubledReferences, findRepeated } from "./messages.ts";
import { findTooLong, findUnreadable, findWrongConflicts, findWronglyNotSent, findWronglySent } from "./said.ts";
import type { Truth, Violation } from "./truth.ts";

const lawsOfMessages = [findChanged, findDoubledReferences, findDoubledCalls, findRepeated];
const lawsOfAnswers = [findWronglySent, findWronglyNotSent, findWrongConflicts];
const lawsOfCertainty = [findNeedlesslyUnknown, findForgotten, findUnsent];

export function judge(truth: Truth): Violation[] {
  const violations = lawsOfMessages.flatMap((law) => [...law(truth)]);
  for (const record of truth.calls) {
    if (record.said.kind === "cut off") continue;
    const judged = createJudgedCall(truth, record);
    // Of an error that nobody can read nothing else can be said.
    const laws = record.said.kind === "odd" ? [findUnreadable] : [...lawsOfAnswers, ...lawsOfCertainty];
    violations.push(...[findTooLong, ...laws].flatMap((law) => [...law(judged)]));
  }
  return violations;
}
