import type { Attack, ServerAttack } from "./attack.ts";
import { orgAttacks } from "./cases/across-orgs.ts";
import { hostAttacks } from "./cases/hosts.ts";
import { fenceAttacks, maskAttacks, sizeAttacks } from "./cases/reading.ts";
import { approvalAttacks, falseSuccessAttacks } from "./cases/sending.ts";
import { argumentAttacks, optionAttacks, tagAttacks } from "./cases/writing.ts";

export type { Attack, ServerAttack } from "./attack.ts";
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

/** Those that bring a server of their own. */
export const serverAttacks: readonly ServerAttack[] = [...orgAttacks, ...hostAttacks];
