/** Whether a message of the history can be the one that a reference stands for. */
import { describe, expect, test } from "@jest/globals";
import type { MessageInput } from "../../../src/client/index.ts";
import { isSameMessage } from "../../../src/client/send/reference.ts";

const text: MessageInput = {
  platform: "whatsapp",
  to: "+971500000000",
  messageType: "text",
  content: "Hi  Sara,\nhello",
};

const fill = (...texts: string[]) => [
  { type: "body", parameters: texts.map((value) => ({ type: "text", text: value })) },
];
const welcome = { name: "welcome", language: "en", components: fill("Sara", "two  items") };
const template = { ...text, messageType: "template", metadata: { template: welcome } } as unknown as MessageInput;
const found = (changes: object) => ({ type: "template", metadata: { template: { ...welcome, ...changes } } });

describe("a message of the history", () => {
  test.each<[boolean, string, unknown, MessageInput]>([
    [true, "the same text", { type: "text", content: "Hi  Sara,\nhello" }, text],
    [true, "the same text in other white space", { type: "text", content: " Hi Sara, hello" }, text],
    [false, "the same letters without the space", { type: "text", content: "HiSara, hello" }, text],
    [false, "another text", { type: "text", content: "Hi" }, text],
    [false, "the same text as another type", { type: "template", content: "Hi  Sara,\nhello" }, text],
    [true, "no text", { type: "text" }, text],
    [false, "nothing", null, text],
    [true, "the same template", found({}), template],
    [true, "the same values in other white space", found({ components: fill("Sara", "two items") }), template],
    [false, "another template", found({ name: "goodbye" }), template],
    [false, "another value", found({ components: fill("Omar", "two items") }), template],
    [false, "a value less", found({ components: fill("Sara") }), template],
    [true, "the name alone", found({ components: undefined }), template],
    [true, "parts of other kinds", found({ components: [null, { type: "header" }, { parameters: [1] }] }), template],
    [true, "no template", { type: "template", metadata: {} }, template],
  ])("can be the one (%s) with %s", (can, _what, message, input) => {
    expect(isSameMessage(message, input)).toBe(can);
  });
});
