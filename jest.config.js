// `await using`, which the tests are full of, came with Node 24.
const withoutAwaitUsing = Number.parseInt(process.versions.node, 10) < 24;

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // They need a browser, or Zapier's build: npm run test:browser, npm run test:zapier.
  testPathIgnorePatterns: ["/node_modules/", "\\.browser\\.test\\.ts$", "\\.build\\.test\\.ts$"],
  transform: withoutAwaitUsing ? { "[/\\\\]test(?:ing)?[/\\\\].+\\.ts$": "<rootDir>/testing/await-using.ts" } : {},
  // What hangs is ended all the same; what only has to wait for a core, on a machine with other work, is not.
  testTimeout: 20_000,
  // By default a core stays idle, which on two cores is half of the machine.
  maxWorkers: "100%",
  // Modules of the VM are not given back: a worker that has grown is replaced by a fresh one.
  workerIdleMemoryLimit: "400MB",
};
