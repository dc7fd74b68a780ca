/**
 * The corpus of attacks (`testing/attacks`) on the server in this process: none does harm. `npm run attacks` tries them over
 * stdio and over HTTP, on one replica and on three.
 */
import { expect, test } from "@jest/globals";
import { attacks, runAttack } from "../../../testing/attacks/index.ts";

test.each(attacks.map((attack) => [attack.kind, attack.name, attack] as const))(
  "%s: %s",
  async (_kind, _name, attack) => {
    expect(await runAttack(attack, "in process")).toEqual([]);
  },
);

test("no two attacks have one name", () => {
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
});
