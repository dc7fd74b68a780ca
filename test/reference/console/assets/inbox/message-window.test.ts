/** Which messages of a long thread are on the page. */
import { expect, test } from "@jest/globals";
import { importAsset } from "../import-asset.ts";

type Message = { id: string };
type Window = {
  read(messages: Message[]): { start: number; end: number };
  earlier(messages: Message[]): void;
  later(messages: Message[]): void;
  keepStart(messages: Message[]): void;
  toEnd(messages: Message[]): void;
  startOver(): void;
};
const { createMessageWindow, maxShown } = await importAsset<{ createMessageWindow(): Window; maxShown: number }>(
  "inbox/message-window.js",
);

const thread = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: `m${from + index}` }));

test("it begins with the latest 50, and follows what is new", () => {
  const shown = createMessageWindow();
  expect(shown.read(thread(0, 400))).toEqual({ start: 350, end: 400 });
  expect(shown.read(thread(0, 410))).toEqual({ start: 350, end: 410 });
  expect(shown.read(thread(0, 20)).end).toBe(20);
  expect(createMessageWindow().read([])).toEqual({ start: 0, end: 0 });
});

test("a walk to the first of 5,000 and back shows every message, and never more than the most", () => {
  const shown = createMessageWindow();
  const messages = thread(0, 5000);
  const seen = new Set<number>();
  const look = () => {
    const { start, end } = shown.read(messages);
    expect(end - start).toBeLessThanOrEqual(maxShown);
    for (let index = start; index < end; index += 1) seen.add(index);
    return { start, end };
  };
  while (look().start > 0) shown.earlier(messages);
  expect(seen.size).toBe(5000);
  expect(look()).toEqual({ start: 0, end: maxShown });
  seen.clear();
  while (look().end < 5000) shown.later(messages);
  expect(seen.size).toBe(5000);
});

test("it overlaps with itself at each step, so that what one reads is there before and after", () => {
  const shown = createMessageWindow();
  const messages = thread(0, 5000);
  for (let step = 0; step < 60; step += 1) {
    const before = shown.read(messages);
    if (step < 30) shown.earlier(messages);
    else shown.later(messages);
    const after = shown.read(messages);
    expect(Math.min(before.end, after.end) - Math.max(before.start, after.start)).toBeGreaterThanOrEqual(50);
  }
});

test("above, it stays with its messages while others come at both ends", () => {
  const shown = createMessageWindow();
  for (let step = 0; step < 5; step += 1) shown.earlier(thread(1000, 2000));
  const { start, end } = shown.read(thread(1000, 2000));
  expect(shown.read(thread(800, 2100))).toEqual({ start: start + 200, end: end + 200 });
  shown.toEnd(thread(800, 2100));
  expect(shown.read(thread(800, 2100))).toEqual({ start: 1250, end: 1300 });
});

test("messages that are gone, after a reset, leave it at the end", () => {
  const shown = createMessageWindow();
  for (let step = 0; step < 5; step += 1) shown.earlier(thread(0, 1000));
  shown.read(thread(0, 1000));
  expect(shown.read(thread(5000, 5100))).toEqual({ start: 50, end: 100 });
});

test("somebody who reads in the middle keeps what is read, however many come below", () => {
  const shown = createMessageWindow();
  for (let step = 0; step < 2; step += 1) shown.earlier(thread(0, 1000));
  expect(shown.read(thread(0, 1000))).toEqual({ start: 750, end: 1000 });
  shown.keepStart(thread(0, 1200));
  expect(shown.read(thread(0, 1200))).toEqual({ start: 750, end: 750 + maxShown });
  shown.toEnd(thread(0, 1200));
  expect(shown.read(thread(0, 1200))).toEqual({ start: 1150, end: 1200 });
});
