/**
 * The order in which jest begins the files: those that take long come first, so that none of them is left over at the end, while
 * the other cores have nothing to do. Left alone, jest knows that from an earlier run only, and goes by the files' sizes in a
 * fresh clone.
 */
import Sequencer from "@jest/test-sequencer";
import { slowTests } from "./slow-tests.js";

/** Before the rest: the slow tier's own, and what takes longest beside it. */
const longTests = [...slowTests, "test/hostile/sends.test.ts"];

/** Last: Zapier's platform, once loaded, has Node call back for each promise of the process. */
const isOnPlatform = ({ path }) => /[/\\]test[/\\](zapier|triggers|creates|searches|faces)\b/.test(path);

export default class SlowTestsFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const slow = longTests.flatMap((name) => sorted.filter(({ path }) => path.replaceAll("\\", "/").endsWith(name)));
    const rest = sorted.filter((test) => !slow.includes(test));
    return [...slow, ...rest.filter((test) => !isOnPlatform(test)), ...rest.filter(isOnPlatform)];
  }
}
