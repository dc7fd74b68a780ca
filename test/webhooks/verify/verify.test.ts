/** The verifier on WebCrypto, beside an oracle on node:crypto that is written from docs/onsync-api.txt alone. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { sampleEvent } from "../../../src/api/index.ts";
import { signatureHeader } from "../../../src/api/signature.ts";
import { verifySignature } from "../../../src/webhooks/index.ts";
import { createVerifier, type Delivery, type HeaderValue } from "../../../src/webhooks/verify/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { rejection } from "../../../testing/scripted.ts";

const secret = "whsec_of_a_test";
const event = sampleEvent("message.created");
const body = JSON.stringify(event);

function sign(text: string | Uint8Array, key = secret): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

function toRequest(text: string | Uint8Array<ArrayBuffer>, headers: [string, string][]): Request {
  return new Request("https://example.com/hooks", { method: "POST", body: text, headers });
}

describe("what is verified", () => {
  const bytes = new TextEncoder().encode(body);
  const partOfLarger = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")]).subarray(6, -5);

  test.each<[string, Delivery]>([
    ["a text", body],
    ["bytes", bytes],
    ["a Buffer that is part of a larger one", partOfLarger],
    ["an ArrayBuffer", bytes.buffer],
  ])("%s, with its header", async (_form, delivery) => {
    expect(await createVerifier(secret)(delivery, sign(body))).toEqual(event);
  });

  test.each<[string, (copy: Uint8Array<ArrayBuffer>) => Delivery]>([
    ["bytes", (copy) => copy],
    ["an ArrayBuffer", (copy) => copy.buffer],
  ])("%s whose memory is used again meanwhile: the event is the one that was signed", async (_form, toDelivery) => {
    const copy = Uint8Array.from(bytes);
    const verifying = createVerifier(secret)(toDelivery(copy), sign(body));
    copy.fill(0);
    expect(await verifying).toEqual(event);
  });

  test("a Request, which has the header", async () => {
    const request = toRequest(bytes, [["x-onsync-signature", sign(body)]]);
    expect(await createVerifier(secret)(request)).toEqual(event);
    expect(request.bodyUsed).toBe(true);
  });

  test.each(["رسالة", "😀", "é", "e\u0301", "\u0000", "\u2028"])("a body with %j, byte for byte", async (content) => {
    const text = JSON.stringify({ ...event, data: { ...event.data, content } });
    expect((await createVerifier(secret)(text, sign(text))).data).toMatchObject({ content });
    expect((await createVerifier(secret)(toRequest(text, [[signatureHeader, sign(text)]]))).data).toMatchObject({
      content,
    });
  });

  test("a delivery that is made again, since OnSync repeats what was not acknowledged", async () => {
    const verify = createVerifier(secret);
    expect(await verify(body, sign(body))).toEqual(await verify(body, sign(body)));
  });

  test("either secret while one is rotated, and neither of one that is not set", async () => {
    const verify = createVerifier(["whsec_new", undefined, "", secret]);
    expect(await verify(body, sign(body))).toEqual(event);
    expect(await verify(body, sign(body, "whsec_new"))).toEqual(event);
    expect(await rejection(verify(body, sign(body, "undefined")))).toMatchObject({ name: "SignatureError" });
  });
});

describe("what is refused", () => {
  const right = sign(body);

  test.each<[string, HeaderValue]>([
    ["no header", undefined],
    ["an empty one", ""],
    ["half of a signature", right.slice(0, 32)],
    ["one byte less", right.slice(0, 62)],
    ["one byte more", `${right}00`],
    ["an odd number of digits", right.slice(0, 63)],
    ["digits of another script", right.replace(/\d/g, "\u0661")],
    ["another algorithm", `sha512=${right}`],
    ["the signature twice in a list", [right, right]],
    ["a right one after a wrong one", `${"0".repeat(64)}, ${right}`],
    ["the signature of another body", sign("{}")],
    ["the signature under another secret", sign(body, "whsec_other")],
  ])("a text with %s", async (_what, header) => {
    expect(await rejection(createVerifier(secret)(body, header))).toMatchObject({ name: "SignatureError" });
  });

  test("a Request with two signatures, of which one is right", async () => {
    const twice = toRequest(body, [
      [signatureHeader, right],
      [signatureHeader, "0".repeat(64)],
    ]);
    expect(await rejection(createVerifier(secret)(twice))).toMatchObject({ name: "SignatureError" });
  });

  test("a body that is no event, though it verifies", async () => {
    const error = await rejection(createVerifier(secret)("[]", sign("[]")));
    expect(error).toMatchObject({ name: "MalformedEventError", message: "The delivery's body has no id." });
  });

  test("an event that is older than was asked for, and none that is just as old", async () => {
    const createdAt = Date.parse(event.createdAt);
    let now = createdAt + 3_600_000;
    const verify = createVerifier(secret, { maxAgeMs: 3_600_000, now: () => now });
    expect(await verify(body, right)).toEqual(event);
    now += 1;
    expect(await rejection(verify(body, right))).toMatchObject({
      name: "EventTooOldError",
      message: "The event is older than 3600 seconds by its createdAt.",
    });
  });
});

describe("what is named", () => {
  test.each([
    ["undefined", undefined],
    ["an empty text", ""],
    ["blank", " \n"],
    ["an empty list", []],
    ["a list of what is not set", [undefined, ""]],
  ])("a secret that is %s, when the verifier is made", (_what, secrets) => {
    expect(() => createVerifier(secrets)).toThrow("no secret is set");
  });

  test("a secret that is no text, and an age that is none", () => {
    expect(() => createVerifier(42 as unknown as string)).toThrow("a secret must be a text");
    expect(() => createVerifier(secret, { maxAgeMs: Number.NaN })).toThrow("maxAgeMs must be a positive number");
  });

  test.each<[string, unknown, string]>([
    ["a parsed body", event, "a parsed object cannot be verified"],
    ["the request of Express", { headers: { [signatureHeader]: "" }, body: event }, "express.raw("],
    ["a body that nobody read", undefined, "there is no body"],
    ["a number", 7, "it is a number"],
  ])("%s", async (_what, delivery, message) => {
    const error = await rejection(createVerifier(secret)(delivery as Delivery, sign(body)));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
  });

  test("a Request whose body was read before", async () => {
    const request = toRequest(body, [[signatureHeader, sign(body)]]);
    await request.json();
    expect(await rejection(createVerifier(secret)(request))).toMatchObject({
      name: "TypeError",
      message: expect.stringContaining("was read before"),
    });
  });

  test("a secret that was pasted with a line break", async () => {
    const error = await rejection(createVerifier(`${secret}\n`)(body, sign(body)));
    expect(error).toMatchObject({ message: expect.stringContaining("a secret begins or ends with white space") });
  });
});

describe("beside the oracle", () => {
  const text = fc.string({ unit: "binary" });
  const key = fc.string({ unit: "binary", minLength: 1 }).filter((value) => value.trim() !== "");
  const header = fc.oneof(
    fc.constant("right" as const),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF=, sha"), maxLength: 80 }),
    fc.array(fc.constantFrom("right", "0".repeat(64)), { maxLength: 3 }),
  );

  test("any body, secrets and header come to what node:crypto says, and to what the verifier on Node says", async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(key, { minLength: 1, maxLength: 3 }),
        key,
        header,
        async (raw, keys, by, made) => {
          const signature = sign(raw, by);
          const given = typeof made === "string" ? [made] : made;
          const values = given.map((value) => (value === "right" ? signature : value));
          const verdict = await createVerifier(keys)(raw, values).then(
            () => true,
            (error: Error) => error.name !== "SignatureError",
          );
          const bare =
            values.length === 1
              ? (values[0] as string)
                  .trim()
                  .toLowerCase()
                  .replace(/^sha256=/, "")
              : "";
          expect(verdict).toBe(keys.some((each) => sign(raw, each) === bare));
          expect(verdict).toBe(verifySignature(raw, values, keys));
        },
      ),
      { numRuns: chooseRuns(200) },
    );
  });

  test("one changed bit of the body or the signature is noticed", async () => {
    const verify = createVerifier(secret);
    const good = sign(body);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: body.length * 8 - 1 }), fc.nat({ max: 255 }), async (bit, other) => {
        const changed = Buffer.from(body);
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(await rejection(verify(changed, good))).toMatchObject({ name: "SignatureError" });
        const mac = Buffer.from(good, "hex");
        mac[other >> 3] = (mac[other >> 3] as number) ^ (1 << (other & 7));
        expect(await rejection(verify(body, mac.toString("hex")))).toMatchObject({ name: "SignatureError" });
      }),
      { numRuns: chooseRuns(100) },
    );
  });
});
