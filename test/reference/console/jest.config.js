/**
 * The browser tests of the console, the approval page and the pages in a chat: `npm run test:browser`. They need chromium (Debian's, or the one named by CHROMIUM),
 * which `npm test` does not.
 * @type {import("jest").Config}
 */
export default {
  rootDir: "../../..",
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  testMatch: ["<rootDir>/test/{reference/console,mcp}/**/*.browser.test.ts"],
  transform: {},
  testTimeout: 60_000,
  // One browser after the other: each takes a core of its own.
  maxWorkers: 1,
};
