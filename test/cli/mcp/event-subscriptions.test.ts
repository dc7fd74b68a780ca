/** `onsync mcp --event-subscriptions`: where it means something. */
import { expect, test } from "@jest/globals";
import { onsync } from "../command.ts";

test.each([
  ["over stdio", ["--events", "events.db"], "goes with --http"],
  ["without events", ["--http", "--port", "0"], "needs --events"],
])("subscriptions of events are refused %s", async (_what, args, why) => {
  const { code, stderr } = await onsync(["mcp", "--event-subscriptions", "subscriptions.db", ...args], {
    env: { ONSYNC_API_KEY: "onsync_pk_test_key" },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
});
