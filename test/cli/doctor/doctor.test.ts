import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { onsync } from "../command.ts";

describe("onsync doctor", () => {
  test("ends with 0 where nothing failed, and tells programs the same in JSON", async () => {
    const reference = await createReference();
    try {
      const { url } = await reference.listen();
      const env = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: reference.key };
      const text = await onsync(["doctor"], { env });
      expect(text).toMatchObject({ code: 0, stderr: "" });
      expect(text.stdout).toMatch(/^✓ key +taken from ONSYNC_API_KEY\n✓ API +http:\/\/127\.0\.0\.1/);
      expect(text.stdout).not.toContain(reference.key);
      const { code, stdout } = await onsync(["doctor", "--json"], { env });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: true,
        checks: expect.arrayContaining([expect.objectContaining({ name: "clock", status: "ok" })]),
      });

      const wrong = await onsync(["doctor"], { env: { ...env, ONSYNC_API_KEY: "onsync_pk_test_wrong" } });
      expect(wrong.code).toBe(1);
      expect(wrong.stdout).toContain("✗ key ");
    } finally {
      await reference.close();
    }
  });

  test("ends with 1 where there is no key, or the base URL cannot be one", async () => {
    const keyless = await onsync(["doctor", "--json"]);
    expect(keyless.code).toBe(1);
    expect(JSON.parse(keyless.stdout)).toMatchObject({ ok: false, checks: [{ name: "key", status: "failed" }] });
    const env = { ONSYNC_API_KEY: "k", ONSYNC_BASE_URL: "ftp://example.com" };
    const { code, stdout } = await onsync(["doctor"], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ API +ONSYNC_BASE_URL must be/);
  });
});
