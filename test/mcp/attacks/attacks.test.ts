/**
 * The corpus of attacks (`testing/attacks`) on the server in this process: none does harm. `npm run attacks` tries them over
 * stdio and over HTTP, on one replica and on three.
 */
import { expect, test } from "@jest/globals";
import { attacks, runAttack, serverAttacks } from "../../../testing/attacks/index.ts";

test.each(attacks.map((attack) => [attack.kind, attack.name, attack] as const))(
  "%s: %s",
  async (_kind, _name, attack) => {
    expect(await runAttack(attack, "in process")).toEqual([]);
  },
);

test.each(serverAttacks.map((attack) => [attack.kind, attack.name, attack] as const))(
  "on a server of its own, %s: %s",
  async (_kind, _name, attack) => {
    expect(await attack.run()).toEqual([]);
  },
);

test("no two attacks have one name", () => {
  const all = [...attacks, ...serverAttacks];
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});
