import { describe, expect, test } from "@jest/globals";
import { removeHiddenCharacters, showHiddenCharacters } from "../src/visible-text.ts";

describe("a text that a person has to judge", () => {
  test.each([
    ["zero-width characters", "pay\u200b now\u2060", "pay[U+200B] now[U+2060]"],
    ["tag characters, which a model reads as letters", "hi\u{e0068}\u{e0069}", "hi[U+E0068][U+E0069]"],
    ["characters that turn the direction", "\u202etxet\u202c", "[U+202E]txet[U+202C]"],
    ["variation selectors that carry bytes", "a\u{e0100}\ufe0f", "a[U+E0100][U+FE0F]"],
    ["controls and halves of pairs", "a\u0000b\u001b[2J\ud800", "a[U+0000]b[U+001B][2J[U+D800]"],
    ["blanks that are letters", "a\u3164b\u2800c", "a[U+3164]b[U+2800]c"],
    ["a joiner between letters", "pa\u200dy", "pa[U+200D]y"],
  ])("shows %s", (_what, text, shown) => {
    expect(showHiddenCharacters(text)).toBe(shown);
  });

  test.each([
    ["emoji of several parts", "👩‍🚀 ❤️ 🏳️‍🌈 👨‍👩‍👧 1️⃣ 👍🏽"],
    ["writings of all kinds", "مرحبا, שלום, สวัสดี, 你好, Zürich"],
    ["lines and tabs", "a\n\tb"],
  ])("leaves %s as they are", (_what, text) => {
    expect(showHiddenCharacters(text)).toBe(text);
    expect(removeHiddenCharacters(text)).toBe(text);
  });

  test("can be had without what nobody sees, and with line breaks of one kind", () => {
    expect(removeHiddenCharacters("a\u200b\r\nb\u{e0041}\rc")).toBe("a\nb\nc");
  });
});
