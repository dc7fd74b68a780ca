/**
 * `@jest/globals` for tests that share modules (shared-modules.js). The names are bound anew for each file, in what was imported
 * long before, too.
 */
export let afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test;

export function bindGlobals(globals) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } = globals);
}
