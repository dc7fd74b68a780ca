/** The judge of what an adversary in the model's place does: it must notice servers that are wrong. */
import { jest, test } from "@jest/globals";
import { runOnce } from "../../../testing/person/run.ts";
import { wrongServers } from "../../../testing/person/wrong-servers.ts";

// Hundreds of runs, on machines that do other things as well.
jest.setTimeout(120_000);

test.each(Object.entries(wrongServers))("notices a server on which %s", async (_what, wrong) => {
  for (let seed = 1; seed <= 300; seed++) {
    if ((await runOnce(seed, { wrong })).findings.length > 0) return;
  }
  throw new Error("300 runs found nothing");
});
