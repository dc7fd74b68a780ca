import type { Attack } from "./attack.ts";
import { fenceAttacks, maskAttacks, sizeAttacks } from "./cases/reading.ts";
import { approvalAttacks, falseSuccessAttacks } from "./cases/sending.ts";
import { argumentAttacks, optionAttacks, tagAttacks } from "./cases/writing.ts";

export type { Attack } from "./attack.ts";
export { runAttack } from "./run.ts";

/** Everything that is tried. */
export const attacks: readonly Attack[] = [
  ...tagAttacks,
  ...optionAttacks,
  ...fenceAttacks,
  ...approvalAttacks,
  ...falseSuccessAttacks,
  ...maskAttacks,
  ...sizeAttacks,
  ...argumentAttacks,
];
