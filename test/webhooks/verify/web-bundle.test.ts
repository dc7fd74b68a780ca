/** The verifier as the edge gets it: one small script, which runs where there is nothing but the platform's own web API. */
import { createHmac } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { sampleEvent } from "../../../src/api/index.ts";
import { bundleForWeb, type WebBundle } from "../../../testing/bundles/web-bundle.ts";

const secret = "whsec_of_a_test";
const event = sampleEvent("contact.created");
const body = JSON.stringify(event);
const signature = createHmac("sha256", secret).update(body).digest("hex");

const maxGzipBytes = 3000;
let bundle: WebBundle;

beforeAll(() => {
  bundle = bundleForWeb("src/webhooks/verify/index.ts");
});

function runOnEdge(code: string, globals: object = { crypto, TextEncoder, TextDecoder }): unknown {
  return runInContext(`${bundle.code};${code}`, createContext({ ...globals, body, signature, secret }));
}

describe("onsync-automation/webhooks/verify in a bundle", () => {
  test(`is below ${maxGzipBytes} bytes, minified and gzipped, with no package in it`, () => {
    expect(bundle.gzipBytes).toBeLessThan(maxGzipBytes);
    expect(bundle.files.filter((file) => !file.startsWith("src/"))).toEqual([]);
  });

  test("verifies without anything of Node's", async () => {
    const verified = await runOnEdge("bundled.createVerifier(secret)(body, signature)");
    expect(JSON.stringify(verified)).toBe(body);
  });

  test("says which platform it needs where there is no WebCrypto", () => {
    expect(() => runOnEdge("bundled.createVerifier(secret)", { TextEncoder, TextDecoder })).toThrow(
      "there is no WebCrypto here (crypto.subtle): Node has it from 20 on",
    );
  });
});
