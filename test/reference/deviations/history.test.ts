/** How history and lists may fall short (docs/contract.md, "Deviations"): late, without metadata, in short pages. */
import { describe, expect, test } from "@jest/globals";
import { still } from "../caller.ts";
import { expectError } from "../expect-error.ts";
import { contents, historyPath, send } from "./messages.ts";

describe("historyLagMs", () => {
  test("history leaves out what is younger, and shows it when it is not", async () => {
    await using api = still();
    await api.inbound("One");
    await api.reference.control.behaviour({ historyLagMs: 100 });
    await api.later(99);
    await send(api, { content: "Two" });
    expect(contents(await api.call("GET", historyPath))).toEqual([]);
    await api.later(1);
    expect(contents(await api.call("GET", historyPath))).toEqual(["One"]);
    await api.later(99);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Two", "One"]);
    // A page never tells of what lies behind the lag either.
    await api.later(1000);
    await send(api, { content: "Three" });
    const { body } = await api.call("GET", `${historyPath}?limit=1`);
    expect([contents({ body }), body.nextBefore]).toEqual([["Two"], body.data[0].createdAt]);
  });
});

describe("history and lists", () => {
  test("historyMetadata: false leaves metadata out of history, and nowhere else", async () => {
    await using api = still();
    await api.inbound();
    await api.reference.control.behaviour({ historyMetadata: false });
    const { body: sent } = await send(api, { metadata: { clientReference: "r-1" } });
    expect(sent.metadata).toEqual({ clientReference: "r-1" });
    for (const message of (await api.call("GET", historyPath)).body.data)
      expect(message).not.toHaveProperty("metadata");
  });

  test("maxPage caps every list, and paging on misses nothing", async () => {
    await using api = still();
    for (const count of [1, 2, 3, 4, 5]) {
      await api.inbound(`No ${count}`);
      await api.call("POST", "/v1/contacts", { email: `${count}@example.com` });
    }
    await api.reference.control.behaviour({ maxPage: 2 });
    const seen: string[] = [];
    for (let before = ""; ; ) {
      const { body } = await api.call("GET", `${historyPath}?limit=100${before}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...contents({ body }));
      if (body.nextBefore === null) break;
      before = `&before=${encodeURIComponent(body.nextBefore)}`;
    }
    expect(seen).toEqual(["No 5", "No 4", "No 3", "No 2", "No 1"]);
    const { body } = await api.call("GET", "/v1/contacts");
    expect([body.data.length, typeof body.nextCursor]).toEqual([2, "string"]);
    expect((await api.call("GET", "/v1/conversations?limit=100")).body.data).toHaveLength(1);
  });

  test("refuseLimitOver refuses a limit that is larger, and pages without one stay within it", async () => {
    await using api = still();
    for (let count = 0; count < 25; count += 1) await api.inbound();
    await api.reference.control.behaviour({ refuseLimitOver: 20 });
    for (const path of [historyPath, "/v1/contacts", "/v1/conversations"]) {
      const { error } = expectError(await api.call("GET", `${path}?limit=21`), "validation_failed");
      expect(error.details).toEqual([{ path: ["limit"], code: "too_big", message: "must be at most 20" }]);
      expect((await api.call("GET", `${path}?limit=20`)).status).toBe(200);
    }
    expect((await api.call("GET", historyPath)).body.data).toHaveLength(20);
  });
});
