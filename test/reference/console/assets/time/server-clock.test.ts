/** What is written again as the server's time passes, for as long as its element is somewhere. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { importAsset } from "../import-asset.ts";

type Watched = { isConnected: boolean };
type Clock = { updateEverySecond<Element extends Watched>(element: Element, update: (one: Element) => void): Element };
let clock: Clock;

beforeAll(async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  clock = await importAsset<Clock>("time/server-clock.js");
});
afterAll(() => {
  jest.useRealTimers();
});

test("an element is written each second while it is shown, and again when it comes back", () => {
  let written = 0;
  const element = clock.updateEverySecond<Watched>({ isConnected: true }, () => {
    written += 1;
  });
  jest.advanceTimersByTime(2000);
  expect(written).toBe(3);
  element.isConnected = false;
  jest.advanceTimersByTime(5000);
  expect(written).toBe(3);
  element.isConnected = true;
  jest.advanceTimersByTime(1000);
  expect(written).toBe(4);
});

test("what was replaced within the second it was drawn in takes no memory any longer", async () => {
  const gone = Array.from({ length: 100 }, () => {
    const element = { isConnected: false };
    clock.updateEverySecond(element, () => element.isConnected);
    return new WeakRef(element);
  });
  jest.advanceTimersByTime(2000);
  // A reference that was looked at holds on until what runs has ended.
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  expect(gone.filter((each) => each.deref() !== undefined)).toEqual([]);
});
