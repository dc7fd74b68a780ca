/** Options of createReference that are wrong: an error names each of them, before anything is opened. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { createReference, type ReferenceOptions } from "../../reference/index.ts";

describe("an option that is wrong is named", () => {
  test.each<[object, RegExp]>([
    [{ data: "" }, /^createReference: data: must be the path of a file/],
    [{ data: 5 }, /data: must be a string, not a number/],
    [{ keys: "onsync_pk_test_k" }, /keys: must be an array/],
    [{ keys: ["good", "with space"] }, /keys\.1: must be a key without white space/],
    [{ keys: [""] }, /keys\.0: must be a key/],
    [{ scopes: ["admin"] }, /scopes\.0: must be one of read:contacts/],
    [{ extensions: "no" }, /extensions: must be true or false/],
    [{ control: 1 }, /control: must be true or false/],
    [{ connect: {} }, /connect: must be a function/],
    [{ onReset: true }, /onReset: must be a function/],
    [{ rateLimit: 0 }, /rateLimit: must be at least 1/],
    [{ rateLimit: 1.5 }, /rateLimit: must be a whole number/],
    [{ rateLimit: "100" }, /rateLimit: must be a number|rateLimit: must be a whole number/],
    [{ rateLimit: 2_000_000_000 }, /rateLimit: must be at most 1000000000/],
    [{ seed: "story" }, /seed: must be demo/],
    [{ clock: Date.now() }, /clock: must be a function/],
    [{ random: 0.5 }, /random: must be a function/],
    [{ deliver: null }, /deliver: must be a function/],
    [{ sleep: 5 }, /sleep: must be a function/],
    [{ log: console }, /log: must be a function/],
    [{ rateLimits: 5 }, /rateLimits: is not a known field/],
    [{ rateLimit: 0, seed: "story" }, /rateLimit: .*; seed: /],
  ])("%j", (options, message) => {
    expect(() => createReference(options as ReferenceOptions)).toThrow(message);
  });

  test("no options at all is fine, and so is one that is undefined", async () => {
    await createReference().close();
    await createReference({ rateLimit: undefined, keys: [] } as unknown as ReferenceOptions).close();
  });

  test("a data file is not made where another option is wrong", () => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-options-"));
    try {
      const data = join(folder, "data.db");
      expect(() => createReference({ data, rateLimit: -1 })).toThrow("rateLimit");
      expect(existsSync(data)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
