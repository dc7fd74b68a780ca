/** The side of Zapier that the tests play: nothing of it reaches Zapier's own. */
import https from "node:https";
import { expect, jest, test } from "@jest/globals";
import { startZap } from "./harness.ts";

test("what a run logs stays on this machine", async () => {
  const request = jest.spyOn(https, "request");
  const zap = await startZap();
  try {
    await zap.create("save_contact", { phone: "+971500000000" });
    expect(zap.logs.length).toBeGreaterThan(0);
    expect(request.mock.calls).toEqual([]);
  } finally {
    await zap.close();
  }
});
