/** Which command a key or words stand for. */
import { describe, expect, test } from "@jest/globals";
import { importAsset } from "../import-asset.ts";

type Command = { title: string; keys?: string; repeats?: boolean };
type Pressed = Record<string, unknown>;
const { findCommandByKey, findCommandsByWords } = await importAsset<{
  findCommandByKey(commands: Command[], event: Pressed): Command | undefined;
  findCommandsByWords(commands: Command[], query: string): Command[];
}>("shortcuts/find-command.js");

const commands = [
  { title: "Next conversation", keys: "j", repeats: true },
  { title: "Resolve or reopen the conversation", keys: "e" },
  { title: "Keyboard shortcuts", keys: "?" },
  { title: "Go to Inbox" },
  { title: "Go to API & Webhooks" },
];
const body = { closest: () => null };

describe("a key", () => {
  test("finds its command, a sign that needs Shift, too", () => {
    expect(findCommandByKey(commands, { key: "e", target: body })?.title).toMatch(/^Resolve/);
    expect(findCommandByKey(commands, { key: "?", shiftKey: true, target: body })?.title).toBe("Keyboard shortcuts");
    expect(findCommandByKey(commands, { key: "x", target: body })).toBeUndefined();
  });

  test("that has no name, as where a browser fills in a form, finds none", () =>
    expect(findCommandByKey(commands, { key: undefined, target: body })).toBeUndefined());

  test.each([{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { isComposing: true }])(
    "of the browser, the system or an input method finds none: %j",
    (held) => expect(findCommandByKey(commands, { key: "e", target: body, ...held })).toBeUndefined(),
  );

  test("that is held down does its work once, unless it goes from one to the next", () => {
    expect(findCommandByKey(commands, { key: "e", target: body, repeat: true })).toBeUndefined();
    expect(findCommandByKey(commands, { key: "j", target: body, repeat: true })?.title).toBe("Next conversation");
  });

  test("that somebody types finds none", () => {
    const field = { closest: (selector: string) => (selector.includes("textarea") ? field : null) };
    expect(findCommandByKey(commands, { key: "e", target: field })).toBeUndefined();
  });
});

test.each([
  ["", 5, "Next conversation"],
  ["conv", 2, "Next conversation"],
  ["re", 1, "Resolve or reopen the conversation"],
  ["REOPEN conv", 1, "Resolve or reopen the conversation"],
  ["go", 2, "Go to Inbox"],
  ["webhooks go", 1, "Go to API & Webhooks"],
  ["onversation", 0, undefined],
  ["&", 5, "Next conversation"],
])("the words %j find %i, first of all %j", (query, count, first) => {
  const found = findCommandsByWords(commands, query);
  expect([found.length, found[0]?.title]).toEqual([count, first]);
});
