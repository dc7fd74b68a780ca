/** Random edits on both sides, and syncs that are ended anywhere: what the owner has counts, and nothing is lost or goes to and fro. */
import { expect, test } from "@jest/globals";
import { createRandom } from "../../../testing/hostile/random.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { Campaign, type Mode } from "../../../testing/syncs/campaign.ts";

/** `npm run torture -- --engine sync` goes on from there. */
const campaigns = 3;

test.each<Mode>(["events", "list", "one by one"])(
  "under random edits, kills, lost answers and late events, with the inbox known by %s, no edit is lost, no conflict guessed, and nothing written twice",
  async (mode) => {
    for (let seed = 1; seed <= campaigns; seed++) {
      using folder = temporaryFolder();
      const campaign = new Campaign(createRandom(seed), mode, folder.path);
      await campaign.run(5);
      expect({ seed, violations: campaign.violations }).toEqual({ seed, violations: [] });
    }
  },
  120_000,
);
