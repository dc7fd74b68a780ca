/** Work that is done before or after an answer that says nothing of it (docs/contract.md, "Deviations"). */
import { describe, expect, test } from "@jest/globals";
import { start, still } from "../caller.ts";
import { contents, historyPath, send } from "./messages.ts";

describe("lateWorkMs", () => {
  test.each<[string, object, number | null]>([
    ["500 of OnSync's own", { status: 500 }, 500],
    ["503", { status: 503 }, 503],
    ["a redirect", { status: 303, headers: { Location: "/elsewhere" } }, 303],
    ["304", { status: 304 }, 304],
    ["a firewall's HTML 403", { status: 403, body: "<html>Forbidden</html>" }, 403],
    ["a gateway's 404", { status: 404, body: { statusCode: 404, error: "Not Found" } }, 404],
    ["a dropped answer", { kind: "drop_response" }, null],
    ["a reset", { kind: "reset" }, null],
    ["a malformed answer", { kind: "malformed" }, null],
  ])("%s: the work is done so long after it, once", async (_what, fault, status) => {
    await using api = still({ extensions: true });
    await api.inbound();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, ...fault });
    const answer = await send(api, { content: "Late" }).catch(() => null);
    if (status !== null) expect(answer?.status).toBe(status);
    await api.later(499);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
    await api.later(1);
    const { body } = await api.call("GET", historyPath);
    expect(contents({ body })).toEqual(["Late", "Hi"]);
    expect(body.data[0].createdAt).toBe(new Date(start + 500).toISOString());
    await api.later(10_000);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Late", "Hi"]);
  });

  test.each<[string, object]>([
    ["429 in OnSync's own format", { status: 429 }],
    ["400 in OnSync's own format", { status: 400, body: { error: { code: "validation_failed", message: "No" } } }],
    ["409 in OnSync's own format, as a text", { status: 409, body: '{"error":{"code":"duplicate","message":"No"}}' }],
  ])("%s proves that nothing was done, so nothing is", async (_what, fault) => {
    await using api = still();
    await api.inbound();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, ...fault });
    await send(api, { content: "Late" });
    await api.later(10_000);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
  });

  test("an answer that is held back is waited for: the work comes after it", async () => {
    let release = (): void => {};
    await using api = still({ sleep: () => new Promise((resolve) => (release = () => resolve())) });
    await api.inbound();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 500, latencyMs: 2000 });
    const sending = send(api, { content: "Late" });
    await new Promise((resolve) => setImmediate(resolve));
    await api.later(2000);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
    release();
    expect((await sending).status).toBe(500);
    await api.later(499);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
    await api.later(1);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Late", "Hi"]);
  });

  test("work that waits is gone after a reset", async () => {
    await using api = still();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 500 });
    await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.reference.control.reset();
    await api.later(10_000);
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual([]);
  });

  test("late work is done by the real clock, over a socket", async () => {
    await using api = still({ clock: Date.now });
    const { url } = await api.reference.listen();
    await api.reference.control.behaviour({ lateWorkMs: 1 });
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 502, body: "<html></html>" });
    const answer = await fetch(`${url}/contacts`, {
      method: "POST",
      headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ phone: "+971500000000" }),
    });
    expect(answer.status).toBe(502);
    const saved = async () => (await api.call("GET", "/v1/contacts")).body.data.length;
    const end = Date.now() + 5000;
    while ((await saved()) === 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
    expect(await saved()).toBe(1);
  });
});

describe("faults that answer for the work", () => {
  test.each<[string, object, number]>([
    ["303", { status: 303 }, 303],
    ["204 without a body", { status: 204 }, 204],
    ["a firewall's HTML 403", { status: 403, body: "<h1>Forbidden</h1>" }, 403],
  ])("after: the work is done first, then comes %s", async (_what, fault, status) => {
    await using api = still();
    await api.inbound();
    await api.reference.control.faults.add({ method: "POST", times: 1, after: true, ...fault });
    const answer = await send(api, { content: "Done" });
    expect(answer.status).toBe(status);
    if ("body" in fault) expect(answer.text).toBe(fault.body);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Done", "Hi"]);
  });

  test.each(["reset", "truncate", "malformed"] as const)(
    "a status that has no body is answered whole, though its fault is %s",
    async (kind) => {
      await using api = still();
      await api.reference.control.faults.add({ status: 304, kind, times: 1 });
      expect(await api.call("GET", "/v1/contacts")).toMatchObject({ status: 304, text: "" });
    },
  );

  test("a status without `after` answers without doing the work", async () => {
    await using api = still();
    await api.inbound();
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 303 });
    expect((await send(api)).status).toBe(303);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
  });

  test.each([
    [{ after: true, latencyMs: 5 }, "after goes with status"],
    [{ status: 503, headers: { "not a name": "x" } }, "HTTP headers"],
  ])("%j is refused", async (fault, sentence) => {
    await using api = still();
    await expect(api.reference.control.faults.add(fault)).rejects.toThrow(sentence);
  });
});
