/**
 * The tests of Zapier's build: `npm run test:zapier`. They need both zips (`npm run zapier:build`, with and without
 * `--staging`), unzip and Node 22, which `npm test` does not.
 * @type {import("jest").Config}
 */
export default {
  rootDir: "../../..",
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  testMatch: ["<rootDir>/test/zapier/platform/points/*.build.test.ts"],
  transform: {},
  testTimeout: 60_000,
  // Each runs processes of its own beside it.
  maxWorkers: 1,
};
