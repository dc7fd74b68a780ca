import { availableParallelism } from "node:os";
import { slowTests } from "./testing/jest/slow-tests.js";

// `await using`, which the tests are full of, came with Node 24.
const withoutAwaitUsing = Number.parseInt(process.versions.node, 10) < 24;

// What shows nothing new on a second Node, where the whole suite has run on the first: documents' commands, which run on the
// project's own; models of servers, whose time is virtual; judges of the tests themselves; Zapier's steps, whose build is
// tried on Zapier's Node.
const onOneNode = [
  "docs/(first-steps|parts|library)\\.test\\.ts$",
  "(hostile|bench|testing|scripts|triggers|searches)/",
  "zapier/(send|errors|connection|platform)/",
  "mcp/answers/every-argument\\.test\\.ts$",
].map((path) => `<rootDir>/test/${path}`);
const ignored = process.env.ONSYNC_SECOND_NODE === "1" ? onOneNode : [];

// Which tiers are run: "quick", "slow" or "all" (scripts/test.ts).
const { ONSYNC_TESTS: tiers = "quick" } = process.env;
const slow = slowTests.map((path) => `<rootDir>/${path}`);

/** @type {import("jest").Config} */
export default {
  // Modules are evaluated once for all the files that a worker is given.
  testEnvironment: "<rootDir>/testing/jest/shared-globals.js",
  runtime: "<rootDir>/testing/jest/shared-modules.js",
  injectGlobals: false,
  extensionsToTreatAsEsm: [".ts"],
  testMatch: tiers === "slow" ? slow : ["<rootDir>/test/**/*.test.ts"],
  // They need a browser, or Zapier's build: npm run test:browser, npm run test:zapier.
  testPathIgnorePatterns: [
    "/node_modules/",
    "\\.browser\\.test\\.ts$",
    "\\.build\\.test\\.ts$",
    ...(tiers === "quick" ? slow : []),
    ...ignored,
  ],
  transform: withoutAwaitUsing ? { "[/\\\\]test(?:ing)?[/\\\\].+\\.ts$": "<rootDir>/testing/jest/await-using.ts" } : {},
  // What hangs is ended all the same; what only has to wait for a core, on a machine with other work, is not.
  testTimeout: 60_000,
  // Many tests wait for processes that they have started: more workers than cores keep the cores at work.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testSequencer: "<rootDir>/testing/jest/slow-tests-first.js",
  // A worker that has grown is replaced by a fresh one, which loads the project again.
  workerIdleMemoryLimit: "700MB",
};
