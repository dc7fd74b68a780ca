/** The public build knows one address, OnSync's own. (What is tested elsewhere is staging's, which takes another one.) */
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAuthentication } from "../../../zapier/connection/authentication.ts";

const { ONSYNC_ZAPIER_BUILD: build } = process.env;
beforeEach(() => {
  delete process.env.ONSYNC_ZAPIER_BUILD;
});
afterEach(() => {
  if (build !== undefined) process.env.ONSYNC_ZAPIER_BUILD = build;
});

class ExpiredAuthError extends Error {
  override name = "ExpiredAuthError";
}

/** Tests a connection against a server that answers every request with 401. */
async function tryConnection(base_url?: string): Promise<{ hosts: string[]; error: Error }> {
  const hosts = new Set<string>();
  const z = {
    request: async ({ url }: { url: string }) => {
      hosts.add(new URL(url).host);
      return { status: 401, headers: new Headers(), body: Readable.from([Buffer.from("{}")]) };
    },
    console: { log() {}, error() {} },
    errors: { Error, ExpiredAuthError },
  };
  const check = createAuthentication().test as (z: unknown, bundle: unknown) => Promise<unknown>;
  const error = await check(z, { authData: { api_key: "onsync_pk_live_4f9aKXWc2mPq", base_url } }).then(
    () => new Error("it succeeded"),
    (reason: Error) => reason,
  );
  return { hosts: [...hosts], error };
}

describe("the public build", () => {
  test("asks for the key and a country, and names no other address", () => {
    const { fields } = createAuthentication();
    expect(fields?.map(({ key }) => key)).toEqual(["api_key", "default_country"]);
    expect(JSON.stringify(fields)).not.toMatch(/base.?url|staging|sandbox/i);
  });

  test.each([
    "https://staging.onsync.example/v1",
    "https://api.onsync.com.evil.example/v1",
    "https://api.onsync.com@evil.example/v1",
    "http://api.onsync.com/v1",
    "http://127.0.0.1:4000/v1",
    "not a url",
  ])("sends the key of a connection made for %s nowhere, and asks to reconnect", async (base_url) => {
    const { hosts, error } = await tryConnection(base_url);
    expect(hosts).toEqual([]);
    expect(error).toMatchObject({ name: "ExpiredAuthError", doNotContextify: true });
    expect(error.message).toMatch(/^Reconnect OnSync/);
    expect(error.message.length).toBeLessThanOrEqual(250);
  });

  test.each([undefined, "", " https://api.onsync.com/v1/ "])(
    "sends the key to OnSync itself where the connection's address is %j",
    async (base_url) => {
      expect((await tryConnection(base_url)).hosts).toEqual(["api.onsync.com"]);
    },
  );
});

test("staging's build asks for an address, and sends the key there", async () => {
  process.env.ONSYNC_ZAPIER_BUILD = "staging";
  expect(createAuthentication().fields?.map(({ key }) => key)).toEqual(["api_key", "default_country", "base_url"]);
  expect((await tryConnection("https://staging.onsync.example/v1")).hosts).toEqual(["staging.onsync.example"]);
});
