import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { sha256 } from "../../../src/client/send/sha256.ts";

function hashByNode(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

describe("the hash of a message", () => {
  test("is Node's SHA-256 at each length around the ends of blocks", () => {
    const texts = Array.from({ length: 260 }, (_, length) => "a".repeat(length));
    expect(texts.map(sha256)).toEqual(texts.map(hashByNode));
  });

  test("is Node's SHA-256 of any text, one with half an emoji included", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\u0000", "é", "م", "😀", "\ud83d"), maxLength: 150 }),
        (text) => {
          expect(sha256(text)).toBe(hashByNode(text));
        },
      ),
    );
    expect(sha256("\ud83d")).toBe(hashByNode("\ud83d"));
  });

  test("is that of the standard's example", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
