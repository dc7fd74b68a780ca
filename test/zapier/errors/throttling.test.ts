/** An hour's budget that is spent: Zapier holds the runs, and they do not come back together. */
import { expect, jest, test } from "@jest/globals";
import { countRequests } from "../requests.ts";
import { addFault, failToRead, failToSave, failToSend, startForEachTest, zap } from "./failing-steps.ts";

startForEachTest();

const steps = [
  ["a search", failToRead],
  ["a save", failToSave],
  ["a send", failToSend],
] as const;

test.each(steps)(
  "%s that OnSync asks to wait ten seconds is held at once: it does not wait in the function",
  async (_step, fail) => {
    await addFault({ status: 429, headers: { "Retry-After": "10" } });
    const startedAt = performance.now();
    const requests = await countRequests(zap, async () =>
      expect(await fail()).toMatchObject({ name: "ThrottledError", delay: 10 }),
    );
    expect(requests).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  },
);

test.each(steps)(
  "%s that is held comes back at a time of its own, never before OnSync asks for",
  async (_step, fail) => {
    const delays: number[] = [];
    for (const random of [0, 0.5, 0.999]) {
      jest.spyOn(Math, "random").mockReturnValue(random);
      await addFault({ status: 429, headers: { "Retry-After": "600" }, times: 1 });
      delays.push((await fail()).delay ?? 0);
    }
    expect(delays).toEqual([600, 630, 660]);
  },
);
