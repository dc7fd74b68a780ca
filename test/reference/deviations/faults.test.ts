/** Fault injection: which requests a fault meets, and what a status and a latency do. */
import { describe, expect, test } from "@jest/globals";
import type { FaultInput } from "../../../reference/index.ts";
import { type Body, still } from "../caller.ts";
import { save, saved } from "./saving.ts";

describe("which requests it meets", () => {
  test.each<[string, FaultInput, boolean]>([
    ["all of them", {}, true],
    ["a method", { method: "POST" }, true],
    ["a method in small letters", { method: "post" }, true],
    ["another method", { method: "GET" }, false],
    ["a path", { path: "/v1/contacts" }, true],
    ["another path", { path: "/v1/contacts/x" }, false],
    ["a path that is only its beginning", { path: "/v1" }, false],
    ["any segment", { path: "/v1/*" }, true],
    ["a segment too many", { path: "/v1/*/*" }, false],
    ["a path without the version", { path: "/contacts" }, false],
  ])("%s", async (_what, fault, met) => {
    await using api = still();
    await api.reference.control.faults.add({ ...fault, status: 503 });
    expect((await save(api)).status).toBe(met ? 503 : 201);
  });

  test.each([
    ["/v1/conversations/*/messages", true],
    ["/v1/conversations/whatsapp:+971500000000/messages", true],
    ["/v1/conversations/whatsapp%3A%2B971500000000/messages", true],
    ["/v1/conversations/whatsapp:+971500000001/messages", false],
  ])("paths are compared decoded: %s", async (path, met) => {
    await using api = still();
    await api.reference.control.faults.add({ path, status: 503 });
    for (const asked of ["whatsapp%3A%2B971500000000", "whatsapp:+971500000000"]) {
      const { status } = await api.call("GET", `/v1/conversations/${asked}/messages`);
      expect(status).toBe(met ? 503 : 404);
    }
  });

  test("a fault meets as many requests as `times` says; of two that fit, the first goes first", async () => {
    await using api = still();
    const { faults } = api.reference.control;
    await faults.add({ status: 503, times: 2 });
    await faults.add({ status: 500, times: 1 });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await save(api)).status);
    expect(statuses).toEqual([503, 503, 500, 201, 200]);
    expect((await faults.list()).map(({ status, times, hits }) => ({ status, times, hits }))).toEqual([
      { status: 503, times: 2, hits: 2 },
      { status: 500, times: 1, hits: 1 },
    ]);
  });

  test("a fault with a probability meets that part of the requests", async () => {
    const draws = [0.29, 0.3, 0.99, 0];
    await using api = still({ random: () => draws.shift() ?? 0.5 });
    await api.reference.control.faults.add({ status: 503, probability: 0.3 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await save(api)).status);
    expect(statuses).toEqual([503, 201, 200, 503]);
  });

  test("faults never meet the control API, and end when they are cleared or reset", async () => {
    await using api = still({ control: true });
    const { faults, reset } = api.reference.control;
    await faults.add({ kind: "drop_response" });
    expect((await api.call("GET", "/_control/faults")).body.data).toHaveLength(1);
    expect((await api.call("DELETE", "/_control/faults")).body.cleared).toBe(1);
    expect((await save(api)).status).toBe(201);
    await faults.add({ status: 503 });
    await reset();
    expect(await faults.list()).toEqual([]);
    expect((await save(api)).status).toBe(201);
  });

  test.each<[Body, (string | number)[]]>([
    [{}, ["kind"]],
    [{ status: 99 }, ["status"]],
    [{ kind: "explode" }, ["kind"]],
    [{ status: 503, times: 0 }, ["times"]],
    [{ status: 503, probability: 1.1 }, ["probability"]],
    [{ latencyMs: -1 }, ["latencyMs"]],
    [{ status: 503, path: "v1/contacts" }, ["path"]],
    [{ latencyMs: 1, body: "x" }, ["status"]],
    [{ status: 503, after: 1 }, ["after"]],
  ])("refuses %j", async (fault, path) => {
    await using api = still();
    await expect(api.reference.control.faults.add(fault)).rejects.toMatchObject({
      code: "validation_failed",
      details: [{ path }],
    });
  });
});

describe("a status", () => {
  test.each([
    [400, "validation_failed"],
    [401, "invalid_api_key"],
    [404, "not_found"],
    [409, "duplicate"],
    [418, "validation_failed"],
    [429, "rate_limited"],
    [500, "internal"],
    [502, "unavailable"],
    [503, "unavailable"],
  ])("%d without a body answers the API's own error, and the work is not done", async (status, code) => {
    await using api = still();
    await api.reference.control.faults.add({ status, times: 1 });
    const answer = await save(api);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code }, requestId: answer.headers.get("x-request-id") });
    expect(answer.headers.get("retry-after")).toBe(status === 429 ? "1" : null);
    expect(await saved(api)).toBe(0);
  });

  test.each<[string, Body, string, string]>([
    ["HTML", "<html>Bad Gateway</html>", "text/html; charset=utf-8", "<html>Bad Gateway</html>"],
    ["text", "upstream error", "text/plain; charset=utf-8", "upstream error"],
    ["JSON in a text", '{"a":1}', "application/json", '{"a":1}'],
    ["an object", { a: [1, null] }, "application/json", '{"a":[1,null]}'],
    ["nothing", "", "text/plain; charset=utf-8", ""],
  ])("with a body of %s", async (_what, body, type, text) => {
    await using api = still();
    await api.reference.control.faults.add({ status: 502, body, times: 1 });
    const answer = await save(api);
    expect(answer).toMatchObject({ status: 502, text });
    expect(answer.headers.get("content-type")).toBe(type);
  });

  test("a status may carry headers of its own", async () => {
    await using api = still();
    const date = "Sun, 01 Dec 2024 11:00:30 GMT";
    await api.reference.control.faults.add({ status: 429, headers: { "Retry-After": date }, times: 1 });
    expect((await save(api)).headers.get("retry-after")).toBe(date);
  });

  test("a status costs nothing of the budget and asks for no key", async () => {
    await using api = still({ rateLimit: 1 });
    await api.reference.control.faults.add({ status: 200, body: { fake: true }, times: 3 });
    for (let count = 0; count < 3; count += 1) {
      expect((await api.call("GET", "/v1/me", undefined, { key: null })).body).toEqual({ fake: true });
    }
    expect((await api.call("GET", "/v1/me")).status).toBe(200);
  });
});

describe("latency", () => {
  test("a latency holds the answer back: the work is done by then", async () => {
    const waits: number[] = [];
    const sleeping = Promise.withResolvers<void>();
    const slept = Promise.withResolvers<void>();
    await using api = still({
      sleep: (ms) => {
        waits.push(ms);
        sleeping.resolve();
        return slept.promise;
      },
    });
    await api.reference.control.faults.add({ latencyMs: 5000, method: "POST" });
    let answered = false;
    const answer = save(api).then((given) => {
      answered = true;
      return given;
    });
    await sleeping.promise;
    expect(await saved(api)).toBe(1);
    expect(answered).toBe(false);
    slept.resolve();
    expect((await answer).status).toBe(201);
    expect(waits).toEqual([5000]);
  });

  test("a latency ends when the caller gives the request up, and says so", async () => {
    await using api = still();
    await api.reference.control.faults.add({ latencyMs: 600_000 });
    const controller = new AbortController();
    const request = new Request("http://127.0.0.1/v1/contacts", {
      headers: { Authorization: `Bearer ${api.reference.key}` },
      signal: controller.signal,
    });
    const answer = api.reference.fetch(request);
    controller.abort(new Error("too late"));
    await expect(answer).rejects.toThrow("too late");
  });

  test("a latency goes with a status or a kind", async () => {
    const waits: number[] = [];
    await using api = still({ sleep: async (ms) => void waits.push(ms) });
    await api.reference.control.faults.add({ latencyMs: 10, status: 503, times: 1 });
    await api.reference.control.faults.add({ latencyMs: 20, kind: "malformed", times: 1 });
    expect((await save(api)).status).toBe(503);
    expect((await save(api)).body).toBeUndefined();
    expect(waits).toEqual([10, 20]);
  });
});
