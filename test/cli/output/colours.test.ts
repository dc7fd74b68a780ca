/** Colours: where a terminal has them, or somebody asks for them, and in no pipe unasked. */
import { expect, test } from "@jest/globals";
import { onsync } from "../command.ts";

const red = "\u001b[31m";
const terminal = { TERM: "xterm-256color" };

test.each<[string, Record<string, string>, boolean, boolean]>([
  ["on a terminal", terminal, true, true],
  ["not in a pipe", terminal, false, false],
  ["not on a terminal that does not say what it is", {}, true, false],
  ["not on a dumb terminal", { TERM: "dumb" }, true, false],
  ["not with NO_COLOR", { ...terminal, NO_COLOR: "1" }, true, false],
  ["not with NO_COLOR, though FORCE_COLOR asks", { ...terminal, NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["with an empty NO_COLOR, which says nothing", { ...terminal, NO_COLOR: "" }, true, true],
  ["with FORCE_COLOR, in a pipe, too", { FORCE_COLOR: "1" }, false, true],
  ["not with FORCE_COLOR=0", { ...terminal, FORCE_COLOR: "0" }, true, false],
])("an error and a finding of the doctor are coloured: %s", async (_when, env, tty, isColoured) => {
  const doctor = await onsync(["doctor"], { env, tty });
  expect([doctor.code, doctor.stdout.startsWith(red)]).toEqual([1, isColoured]);
  const failed = await onsync(["events", "list", "--data", "none.db"], { env, tty });
  expect([failed.code, failed.stderr.startsWith(`${red}error:`)]).toEqual([2, isColoured]);
  expect(failed.stderr).toContain("There is no event file none.db");
  expect((doctor.stdout + failed.stderr).includes("\u001b")).toBe(isColoured);
});

test("JSON for a program has none, whatever asks for them", async () => {
  const { stdout } = await onsync(["doctor", "--json"], { env: { ...terminal, FORCE_COLOR: "1" }, tty: true });
  expect(JSON.parse(stdout)).toMatchObject({ ok: false });
});
