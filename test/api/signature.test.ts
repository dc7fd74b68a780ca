import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { signPayload, verifySignature } from "../../src/api/signature.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";

const body = '{"id":"evt_1","type":"message.created"}';
const secret = "whsec_test";
const signature = createHmac("sha256", secret).update(body).digest("hex");
const nonEmpty = fc.string({ minLength: 1, unit: "binary" });

describe("signPayload", () => {
  test("is the hex HMAC-SHA256 of the raw body", () => {
    expect(signPayload(body, secret)).toBe(signature);
    expect(signPayload(Buffer.from(body), secret)).toBe(signature);
  });

  test("refuses an empty secret", () => {
    expect(() => signPayload(body, "")).toThrow("the secret is empty");
  });
});

describe("verifySignature", () => {
  test.each([
    ["bare hex", signature],
    ["upper case", signature.toUpperCase()],
    ["sha256= prefix", `sha256=${signature}`],
    ["SHA256= prefix in upper case", `SHA256=${signature.toUpperCase()}`],
    ["surrounding white space", ` ${signature} `],
    ["one value in a list", [signature]],
  ])("accepts %s", (_form, header) => {
    expect(verifySignature(body, header, secret)).toBe(true);
  });

  test.each([
    ["a missing header", undefined],
    ["null", null],
    ["an empty header", ""],
    ["half a signature", signature.slice(0, 32)],
    ["a longer signature", `${signature}00`],
    ["another algorithm", `sha512=${signature}`],
    ["two values", [signature, signature]],
    ["no hex", "z".repeat(64)],
  ])("refuses %s", (_form, header) => {
    expect(verifySignature(body, header, secret)).toBe(false);
  });

  test("accepts any of several secrets, as rotation needs", () => {
    expect(verifySignature(body, signature, ["whsec_new", secret])).toBe(true);
    expect(verifySignature(body, signature, ["whsec_new", "whsec_other"])).toBe(false);
  });

  test("says what is wrong when a parsed body or no secret is passed", () => {
    expect(() => verifySignature(JSON.parse(body), signature, secret)).toThrow("raw string or bytes");
    expect(() => verifySignature(body, signature, [])).toThrow("no secret given");
    expect(() => verifySignature(body, signature, "")).toThrow("no secret given");
  });

  test("property: verifies if and only if body and secret match", () => {
    fc.assert(
      fc.property(
        nonEmpty,
        nonEmpty,
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (right, other, text, otherText) => {
          const header = signPayload(text, right);
          expect(verifySignature(text, header, right)).toBe(true);
          // Strings with lone surrogates may share their UTF-8 bytes: bytes are what is signed.
          const same = (a: string, b: string) => Buffer.from(a).equals(Buffer.from(b));
          expect(verifySignature(otherText, header, right)).toBe(same(text, otherText));
          if (
            !same(right, other) &&
            Buffer.byteLength(right) <= 64 &&
            Buffer.byteLength(other) <= 64 &&
            !/\0$/.test(right + other)
          ) {
            const padded = (key: string) => Buffer.concat([Buffer.from(key), Buffer.alloc(64)]).subarray(0, 64);
            // HMAC pads its key with zero bytes: keys that differ in trailing zeros only are one key.
            expect(verifySignature(text, header, other)).toBe(padded(right).equals(padded(other)));
          }
        },
      ),
      { numRuns: chooseRuns(300) },
    );
  });

  test("property: one changed bit of the body or of the signature is noticed", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        nonEmpty,
        fc.nat(),
        fc.nat({ max: 255 }),
        (bytes, key, position, bit) => {
          const header = signPayload(bytes, key);
          const changed = Uint8Array.from(bytes);
          const at = position % changed.length;
          changed[at] = (changed[at] as number) ^ (1 << (bit % 8));
          expect(verifySignature(changed, header, key)).toBe(false);
          const mac = Buffer.from(header, "hex");
          mac[bit % 32] = (mac[bit % 32] as number) ^ (1 << (position % 8));
          expect(verifySignature(bytes, mac.toString("hex"), key)).toBe(false);
        },
      ),
      { numRuns: chooseRuns(300) },
    );
  });
});
