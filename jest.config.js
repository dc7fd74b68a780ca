/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // They need a browser: npm run test:browser.
  testPathIgnorePatterns: ["/node_modules/", "\\.browser\\.test\\.ts$"],
  transform: {},
};
