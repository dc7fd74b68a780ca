import { afterEach, describe, expect, test } from "@jest/globals";
import { startZap, type Zap } from "../harness.ts";

let zap: Zap;
afterEach(() => zap.close());

async function connection(): Promise<{ tested: Record<string, unknown>; label: string }> {
  const tested = await zap.run<Record<string, unknown>>("authentication.test");
  return { tested, label: await zap.run<string>("authentication.connectionLabel", { inputData: tested }) };
}

describe("connecting an account", () => {
  test("with GET /me the label is the org and the key's prefix", async () => {
    zap = await startZap();
    const { tested, label } = await connection();
    expect(tested).toMatchObject({ id: zap.reference.orgId, permissions: expect.arrayContaining(["write:messages"]) });
    expect(label).toBe(`${tested.organization} (${tested.keyPrefix}…)`);
    expect(label).not.toContain(zap.reference.key);
  });

  test("without GET /me any answer but 401 proves the key, and the label falls back on the host", async () => {
    zap = await startZap({ extensions: false });
    const { tested, label } = await connection();
    expect(tested).toMatchObject({ id: null, organization: null, keyPrefix: zap.reference.key.slice(0, 19) });
    expect(label).toBe(`${new URL(zap.url).host} (${zap.reference.key.slice(0, 19)}…)`);
    expect(label).not.toContain(zap.reference.key);
  });

  test("without GET /me a key that may not read webhooks is proved too", async () => {
    zap = await startZap({ extensions: false, scopes: ["write:messages"] });
    expect((await connection()).tested).toMatchObject({ permissions: [] });
  });

  test("a key of another form is never cut into the label", async () => {
    zap = await startZap({ extensions: false, keys: ["short-secret-key"] });
    expect((await connection()).label).toBe(new URL(zap.url).host);
  });

  test("a revoked key asks to reconnect", async () => {
    zap = await startZap();
    const shown = await zap.failure("authentication.test", {
      authData: { api_key: "onsync_pk_live_revoked0000000000", base_url: zap.url },
    });
    expect(shown).toEqual({
      name: "ExpiredAuthError",
      text: expect.stringMatching(
        /^The API key is missing, wrong or revoked\. Generate a new one under Settings → API & Webhooks in OnSync and reconnect OnSync with it\. \(request id req_\w+\)$/,
      ),
    });
  });

  test("white space around what was pasted does not matter", async () => {
    zap = await startZap();
    await expect(
      zap.run("authentication.test", { authData: { api_key: ` ${zap.reference.key}\n`, base_url: ` ${zap.url} ` } }),
    ).resolves.toMatchObject({ id: zap.reference.orgId });
  });

  test.each([
    ["", "https://api.example.com/v1", "API Key: must not be empty"],
    ["key", "http://api.example.com/v1", "Base URL: must be an https:// address"],
    ["key", "not a url", "Base URL: must be a URL"],
    ["key", "https://user:pass@example.com/v1", "Base URL: must carry no credentials"],
  ])("key %j with base URL %j is refused before any request", async (api_key, base_url, text) => {
    zap = await startZap();
    const shown = await zap.failure("authentication.test", { authData: { api_key, base_url } });
    expect(shown).toMatchObject({ name: "AppError", text: expect.stringContaining(text) });
  });
});
