/** What `/healthz` and `/readyz` say. */
import { describe, expect, jest, test } from "@jest/globals";
import { createProbes, type ProbesOptions, type ReadinessCheck } from "../../src/http/probes.ts";

function check(ask: () => Promise<unknown>): ReadinessCheck {
  return { ask, problem: "cannot be written to" };
}

async function ask(probes: ReturnType<typeof createProbes>, path: string) {
  const answer = await probes.answer("GET", path);
  return answer && [answer.status, JSON.parse(answer.body)];
}

/** Probes that ask anew each time, and what they log. */
function running(checks: Record<string, ReadinessCheck>, options: ProbesOptions = {}) {
  const lines: unknown[] = [];
  const log: ProbesOptions["log"] = (level, message, fields) => lines.push([level, message, fields]);
  const probes = createProbes({ keepMs: 0, log, ...options });
  probes.start(checks);
  return { probes, lines };
}

describe("/healthz", () => {
  test("says that the process answers: while it starts, while a part is missing, and while it stops", async () => {
    const probes = createProbes();
    expect(await ask(probes, "/healthz")).toEqual([200, { ok: true }]);
    probes.start({ store: check(() => Promise.reject(new Error("gone"))) });
    expect(await ask(probes, "/healthz")).toEqual([200, { ok: true }]);
    probes.stop();
    expect(await ask(probes, "/healthz")).toEqual([200, { ok: true }]);
  });
});

describe("/readyz", () => {
  test("says no until everything is open, and from when the server is told to stop", async () => {
    const probes = createProbes();
    expect(await ask(probes, "/readyz")).toEqual([503, { ready: false, problems: { server: "is starting" } }]);
    probes.start({});
    expect(await ask(probes, "/readyz")).toEqual([200, { ready: true }]);
    probes.stop();
    expect(await ask(probes, "/readyz")).toEqual([503, { ready: false, problems: { server: "is stopping" } }]);
  });

  test("names each part that is missing, and tells nothing of its error", async () => {
    const address = "10.0.0.5:6379";
    const { probes, lines } = running({
      store: check(() => Promise.reject(new Error(`connect ECONNREFUSED ${address}`))),
      ledger: check(() => Promise.resolve()),
    });
    const answer = await probes.answer("GET", "/readyz");
    expect(answer).toMatchObject({
      status: 503,
      body: '{"ready":false,"problems":{"store":"cannot be written to"}}',
    });
    expect(JSON.stringify(answer)).not.toContain(address);
    const missing = [{ name: "store", problem: "cannot be written to", reason: `connect ECONNREFUSED ${address}` }];
    // The log is the operator's.
    expect(lines).toEqual([["warn", "not ready", { missing }]]);
  });

  test("is answered within the limit of a check that never answers, which is not asked a second time meanwhile", async () => {
    let asked = 0;
    const hanging = check(() => {
      asked += 1;
      return new Promise(() => {});
    });
    const { probes } = running({ store: hanging }, { checkTimeoutMs: 20 });
    for (let probe = 0; probe < 3; probe++) {
      expect(await ask(probes, "/readyz")).toEqual([
        503,
        { ready: false, problems: { store: "does not answer within 0.02 s" } },
      ]);
    }
    expect(asked).toBe(1);
  });

  test("gives a check 2 seconds", async () => {
    jest.useFakeTimers();
    try {
      const { probes } = running({ store: check(() => new Promise(() => {})) });
      const answer = ask(probes, "/readyz");
      await jest.advanceTimersByTimeAsync(2000);
      expect(await answer).toEqual([503, { ready: false, problems: { store: "does not answer within 2 s" } }]);
    } finally {
      jest.useRealTimers();
    }
  });

  test("is asked for by anybody, so it asks its parts once a second, whatever comes", async () => {
    let now = 0;
    let asked = 0;
    const counted = check(async () => {
      asked += 1;
    });
    const { probes } = running({ store: counted }, { keepMs: undefined, monotonic: () => now });
    await Promise.all(Array.from({ length: 500 }, () => ask(probes, "/readyz")));
    now = 999;
    await ask(probes, "/readyz");
    expect(asked).toBe(1);
    now = 1000;
    await ask(probes, "/readyz");
    expect(asked).toBe(2);
  });

  test("says yes again when the part is back, and the log has one line for each change", async () => {
    let there = false;
    const { probes, lines } = running({
      store: check(async () => {
        if (!there) throw new Error("gone");
      }),
    });
    await ask(probes, "/readyz");
    await ask(probes, "/readyz");
    there = true;
    expect(await ask(probes, "/readyz")).toEqual([200, { ready: true }]);
    expect(lines).toEqual([
      ["warn", "not ready", { missing: [expect.objectContaining({ name: "store", reason: "gone" })] }],
      ["info", "ready again", {}],
    ]);
  });

  test("says no to who asked before the server was told to stop, and is answered after", async () => {
    const asked = Promise.withResolvers<void>();
    const { probes } = running({ store: check(() => asked.promise) });
    const answer = ask(probes, "/readyz");
    probes.stop();
    asked.resolve();
    expect(await answer).toEqual([503, { ready: false, problems: { server: "is stopping" } }]);
  });
});

test.each([
  ["POST", "/healthz"],
  ["POST", "/readyz"],
  ["GET", "/"],
  ["GET", "/readyz/"],
])("%s %s is no probe", (method, path) => {
  expect(createProbes().answer(method, path)).toBeUndefined();
});
