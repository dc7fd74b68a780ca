import { describe, expect, test } from "@jest/globals";
import zapier, { type Bundle, type ZObject } from "zapier-platform-core";
import { callDeadlineMs, stepBudgetMs } from "../../zapier/connection/client.ts";
import { perform } from "../../zapier/perform.ts";

const secret = "whsec_of_the_subscription";
const authData = { api_key: "onsync_pk_test_0123456789abcdefghij" };
const bundle = { authData, inputData: {}, subscribeData: { id: "wh_1", secret } } as unknown as Bundle;

function withLog() {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  return { lines, z: { errors: zapier.errors, console: { log: write, error: write } } as unknown as ZObject };
}

describe("perform", () => {
  test("keeps within the 30 seconds that Zapier gives, the settling of a send included", () => {
    const settlingMs = 10_000;
    expect(callDeadlineMs + settlingMs).toBeLessThan(stepBudgetMs);
    expect(stepBudgetMs).toBeLessThan(30_000 - 2_000);
  });

  test("ends what takes longer than its budget, and says so", async () => {
    const { z } = withLog();
    const step = perform(
      ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      {},
      5,
    );
    // The budget's own timer does not keep the process up: this one does.
    const waiting = setTimeout(() => {}, 1_000);
    await expect(step(z, bundle)).rejects.toThrow("OnSync did not answer in time. Run the Zap again in a minute.");
    clearTimeout(waiting);
  });

  test("a fault of the app's own is logged without secrets and shown without its details", async () => {
    const { z, lines } = withLog();
    const step = perform(async () => {
      throw new TypeError(`cannot read ${secret} of ${authData.api_key}`);
    });
    const error = await step(z, bundle).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: "AppError", doNotContextify: true });
    expect(String(error)).toContain("Something went wrong inside the OnSync integration");
    expect(String(error)).not.toContain("cannot read");
    expect(lines.join("\n")).toContain("TypeError: cannot read [secret] of [secret]");
    expect(lines.join("\n")).not.toContain(secret);
  });

  test("an error made for Zapier stays as it is", async () => {
    const { z } = withLog();
    const made = new z.errors.Error("Nothing found further back.", "search_incomplete");
    const step = perform(async () => {
      throw made;
    });
    await expect(step(z, bundle)).rejects.toBe(made);
  });
});
