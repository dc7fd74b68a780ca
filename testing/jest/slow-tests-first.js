/**
 * The order in which jest begins the files: those that take long come first, so that none of them is left over at the end, while
 * the other cores have nothing to do. Left alone, jest knows that from an earlier run only, and goes by the files' sizes in a
 * fresh clone.
 */
import Sequencer from "@jest/test-sequencer";

/** Longest first: what runs the commands of documents, several processes that are replaced and killed, or most of the work in process. */
const slowTests = [
  "test/docs/parts.test.ts",
  "test/docs/first-steps.test.ts",
  "test/cli/work/work.test.ts",
  "test/deploy/rolling-restart.test.ts",
  "test/mcp/answers/every-argument.test.ts",
  "test/cli/output/outputs.test.ts",
  "test/http/doors/doors.test.ts",
  "test/hostile/sends.test.ts",
];

/** Last: Zapier's platform, once loaded, has Node call back for each promise of the process. */
const isOnPlatform = ({ path }) => /[/\\]test[/\\](zapier|triggers|creates|searches|faces)\b/.test(path);

export default class SlowTestsFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const slow = slowTests.flatMap((name) => sorted.filter(({ path }) => path.replaceAll("\\", "/").endsWith(name)));
    const rest = sorted.filter((test) => !slow.includes(test));
    return [...slow, ...rest.filter((test) => !isOnPlatform(test)), ...rest.filter(isOnPlatform)];
  }
}
