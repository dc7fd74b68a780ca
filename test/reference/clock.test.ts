/** The test clock: frozen, set, moved on; what follows it, and what it leaves behind. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createClock } from "../../reference/clock.ts";
import { createReference } from "../../reference/index.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";
import { call, day, hour, start } from "./caller.ts";

/** A reference on a real time that the test moves. */
function onRealTime(options = {}) {
  const real = { now: start };
  const reference = createReference({ clock: () => real.now, ...options });
  return { real, reference, control: reference.control, [Symbol.asyncDispose]: () => reference.close() };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

describe("the clock", () => {
  test("runs with the real time until it is frozen, and on from there", async () => {
    await using api = onRealTime();
    const { real, control } = api;
    real.now += 5;
    expect(await control.clock()).toEqual({ now: iso(start + 5), frozen: false });
    expect(await control.clock({ freeze: true })).toEqual({ now: iso(start + 5), frozen: true });
    real.now += hour;
    expect(await control.clock({ advanceMs: 10 })).toEqual({ now: iso(start + 15), frozen: true });
    expect(await control.clock({ resume: true })).toEqual({ now: iso(start + 15), frozen: false });
    real.now += 7;
    expect(await control.clock()).toEqual({ now: iso(start + 22), frozen: false });
  });

  test("moved on while it runs, it runs on", async () => {
    await using api = onRealTime();
    expect(await api.control.clock({ advanceMs: day })).toEqual({ now: iso(start + day), frozen: false });
    api.real.now += 3;
    expect((await api.control.clock()).now).toBe(iso(start + day + 3));
  });

  test("is set to a time, forwards and back, in words or in milliseconds", async () => {
    await using api = onRealTime();
    const { control } = api;
    expect(await control.clock({ now: "2030-01-01T04:00:00+04:00", freeze: true })).toEqual({
      now: "2030-01-01T00:00:00.000Z",
      frozen: true,
    });
    expect((await control.clock({ now: start })).now).toBe(iso(start));
    expect((await control.clock({ now: "2020-01-01T00:00Z", advanceMs: 1, resume: true })).frozen).toBe(false);
    expect((await control.clock()).now).toBe("2020-01-01T00:00:00.001Z");
  });

  test.each([
    [{ advanceMs: -1 }, "advanceMs"],
    [{ advanceMs: 1.5 }, "advanceMs"],
    [{ now: "yesterday" }, "now"],
    [{ freeze: true, resume: true }, "resume"],
    [{ speed: 2 }, "speed"],
  ])("refuses %j", async (change, field) => {
    await using api = onRealTime();
    await expect(api.control.clock(change as never)).rejects.toMatchObject({
      code: "validation_failed",
      details: [{ path: [field] }],
    });
  });

  test("ids, envelopes, windows and refills follow it", async () => {
    await using api = onRealTime({ rateLimit: 2 });
    const { control, reference } = api;
    await control.clock({ now: "2031-05-05T05:05:05.005Z", freeze: true });
    const { body } = await call(reference, "POST", "/v1/contacts", { phone: "+971500000000" });
    expect(body).toMatchObject({ createdAt: "2031-05-05T05:05:05.005Z", timestamp: "2031-05-05T05:05:05.005Z" });
    const later = await control.createOrg({ name: "Later" });
    // A ULID begins with its time: ids sort by it.
    expect(later.id.slice(4, 14) >= body.requestId.slice(4, 14)).toBe(true);
    await call(reference, "GET", "/v1/me");
    expect((await call(reference, "GET", "/v1/me")).status).toBe(429);
    await control.clock({ advanceMs: hour / 2 });
    expect((await call(reference, "GET", "/v1/me")).status).toBe(200);
  });

  test("two who move it on at once both do", async () => {
    await using api = onRealTime();
    await api.control.clock({ freeze: true });
    await Promise.all([api.control.clock({ advanceMs: 1000 }), api.control.clock({ advanceMs: 500 })]);
    expect((await api.control.clock()).now).toBe(iso(start + 1500));
  });

  test("survives a restart: frozen stays frozen, an offset stays", async () => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-clock-"));
    const data = join(folder, "reference.db");
    try {
      {
        await using api = onRealTime({ data });
        await api.control.clock({ advanceMs: day });
      }
      {
        await using api = onRealTime({ data });
        expect(await api.control.clock()).toEqual({ now: iso(start + day), frozen: false });
        await api.control.clock({ freeze: true });
      }
      await using api = onRealTime({ data });
      api.real.now += hour;
      expect(await api.control.clock()).toEqual({ now: iso(start + day), frozen: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("survives being killed while it is moved on: one that ran runs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-clock-"));
    const [data, found] = [join(folder, "reference.db"), join(folder, "found.db")];
    try {
      const delivered = Promise.withResolvers<{ status: number }>();
      await using api = onRealTime({ data, deliver: () => delivered.promise });
      await call(api.reference, "POST", "/v1/webhooks", { url: "https://example.com/", events: ["contact.created"] });
      await call(api.reference, "POST", "/v1/contacts", { phone: "+971500000000" });
      const moved = api.control.clock({ advanceMs: hour });
      await new Promise(setImmediate);
      for (const end of ["", "-wal"]) copyFileSync(`${data}${end}`, `${found}${end}`);
      delivered.resolve({ status: 200 });
      await moved;
      await using later = onRealTime({ data: found, deliver: async () => ({ status: 200 }) });
      expect((await later.control.clock()).frozen).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("reset brings back the real time", async () => {
    await using api = onRealTime();
    await api.control.clock({ freeze: true, advanceMs: day });
    await api.control.reset();
    expect(await api.control.clock()).toEqual({ now: iso(start), frozen: false });
  });
});

test("never goes backwards by itself, whatever is done to it", () => {
  const moves = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("passes" as const), ms: fc.nat(10_000) }),
      fc.record({ kind: fc.constantFrom("freeze" as const, "resume" as const), ms: fc.constant(0) }),
      fc.record({ kind: fc.constant("advance" as const), ms: fc.nat(10_000) }),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(moves, (all) => {
      let real = start;
      const clock = createClock(() => real);
      let last = clock.now();
      for (const { kind, ms } of all) {
        const frozen = clock.frozen;
        if (kind === "passes") real += ms;
        else if (kind === "freeze") clock.freeze();
        else if (kind === "resume") clock.resume();
        else clock.set(clock.now() + ms);
        const moved = kind === "advance" || (kind === "passes" && !frozen) ? ms : 0;
        expect(clock.now()).toBe(last + moved);
        last = clock.now();
      }
    }),
    { numRuns: chooseRuns(200) },
  );
});
