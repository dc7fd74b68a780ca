/** On Zapier's build: a message goes out once, whoever runs the step again, and no run is answered with another's message. */
import { describe, expect, test } from "@jest/globals";
import { readSentMessages } from "../../../../testing/zapier/judge.ts";
import type { Trouble } from "../../../../testing/zapier/run.ts";
import { customer, deliver, expectHalted, hangingCache, loseAnswer, useSteps } from "./steps.ts";

const steps = useSteps();
const send = "creates.send_message";
const message = (content: string, more: object = {}) => ({ platform: "whatsapp", to: customer, content, ...more });

describe("1: a send that is replayed", () => {
  test("goes out once, though its answer was lost", async () => {
    await steps.run(send, message("Order 1"), { trouble: loseAnswer });
    await steps.run(send, message("Order 1"));
    expect(steps.sentTexts()).toEqual(["Order 1"]);
  });

  // Where the step asks for something else first, the send is a later request.
  test.each([1, 2, 3])("goes out once, though its process was killed after request %i", async (count) => {
    const trouble = { kill: { at: "request", count, when: "after" } } as const;
    const outcome = await steps.run(send, message("Order 1"), { trouble });
    if (outcome.kind === "killed") await steps.run(send, message("Order 1"));
    expect(steps.sentTexts()).toEqual(["Order 1"]);
  });

  // After its last call, which forgets the run, nothing can tell a replay from another message with the same words.
  test("goes out once, though its process was killed at any call of the cache but after the last", async () => {
    const kill = async (text: string, count: number, when: "before" | "after") => {
      const outcome = await steps.run(send, message(text), { trouble: { kill: { at: "cache", count, when } } });
      if (outcome.kind === "killed") await steps.run(send, message(text));
      return outcome.kind === "killed";
    };
    let calls = 0;
    while (await kill(`Order ${calls + 1}, before`, calls + 1, "before")) calls += 1;
    expect(calls).toBeGreaterThan(2);
    for (let count = 1; count < calls; count += 1) await kill(`Order ${count}, after`, count, "after");
    const texts = steps.sentTexts();
    // A replay that comes too soon is held by Zapier, which is no message either.
    expect(texts.length).toBeGreaterThan(calls);
    expect(texts).toEqual([...new Set(texts)]);
  });

  test("goes out once, though it was cut off at the end of its time, just when it was done", async () => {
    const slow = (ms: number) => ({ kind: "slow", ms }) as const;
    for (const limitMs of [17_000, 18_700, 19_500]) {
      const content = `Order ${limitMs}`;
      // The answer to its send takes 10 seconds, that to whose key it is as long as the rest.
      const trouble: Trouble = {
        startMs: 30_000 - limitMs,
        api: (_count, { path }) => (path.endsWith("/send") ? slow(10_000) : slow(4_000)),
        cache: (_count, { method }) => (method === "zcache_delete" ? slow(1_400) : null),
      };
      const outcome = await steps.run(send, message(content), { trouble });
      await steps.world.jump(60_000);
      if (outcome.kind === "killed") await steps.run(send, message(content));
      expect(steps.sentTexts().filter((text) => text === content)).toEqual([content]);
    }
  });
});

describe("2: two runs at once with one Client Reference", () => {
  test("send one message, on two machines, from two connections of one org", async () => {
    const { key } = await steps.world.reference.control.createKey();
    const second = steps.platform.connect(steps.world, "b", { key, user: "user_2" });
    const wish = message("Order 1", { clientReference: "order-1" });
    const slow = { api: () => ({ kind: "slow", ms: 1000 }) as const };
    const outcomes = await Promise.all([
      steps.run(send, wish, { locks: false, trouble: slow }),
      steps.run(send, wish, { locks: false, trouble: slow, connection: second }),
    ]);
    expect(steps.sentTexts()).toEqual(["Order 1"]);
    expect(outcomes.map(({ kind }) => kind)).toContain("success");
    for (const { kind } of outcomes) expect(["success", "throttled"]).toContain(kind);
  });

  test.each([
    ["send_message", "to"],
    ["reply_to_conversation", "conversationId"],
    ["send_template", "to"],
  ])("%s runs in turn for one recipient, whichever connection it has", async (key, field) => {
    const { lock } = (await steps.definition()).creates[key]?.operation ?? {};
    expect(lock?.key).toContain(`{{bundle.inputData.${field}}}`);
    expect(lock?.scope ?? []).not.toContain("auth");
    expect(lock?.scope ?? []).not.toContain("user");
    expect(lock?.timeout).toBeGreaterThan(30);
    expect(lock?.timeout).toBeLessThanOrEqual(180);
  });
});

describe("3: a Client Reference", () => {
  test("does not swallow another message: the run halts and explains the conflict", async () => {
    await steps.succeed(send, message("Order 10482 is confirmed", { clientReference: "order-10482" }));
    const text = expectHalted(
      await steps.run(send, message("Order 10482 is shipped", { clientReference: "order-10482" })),
    );
    expect(text).toContain("order-10482");
    expect(steps.sentTexts()).toEqual(["Order 10482 is confirmed"]);
  });

  test("of a message that went out already says so in the output", async () => {
    const wish = message("Order 1", { clientReference: "order-1" });
    expect(await steps.succeed(send, wish)).toMatchObject({ alreadySent: false });
    expect(await steps.succeed(send, wish)).toMatchObject({ alreadySent: true });
  });

  test.each(["", " ", "\n\t"])("that is blank (%j) is none", async (clientReference) => {
    await steps.succeed(send, message("first", { clientReference }));
    await steps.succeed(send, message("second", { clientReference }));
    expect(steps.sentTexts()).toEqual(["first", "second"]);
  });
});

describe("4: after a halted send", () => {
  test.each([
    ["at once", 0],
    ["an hour later", 3_600_000],
    ["two days later", 48 * 3_600_000],
  ])("another run of the same words %s is not answered with the old message", async (_, laterMs) => {
    const first = await steps.run(send, message("Thank you!"), { trouble: loseAnswer });
    expect(first.kind).not.toBe("success");
    const [old] = readSentMessages(steps.world);
    await steps.world.jump(laterMs);
    await steps.world.reference.control.inbound({ platform: "whatsapp", from: customer, content: "And again" });
    const second = await steps.run(send, message("Thank you!"));
    if (second.kind === "success") expect((second.output as { id: string }).id).not.toBe(old?.id);
  });
});

describe("5: a cache that hangs", () => {
  test("does not hold up a send until the step's time is over", async () => {
    const outcome = await steps.run(send, message("Order 1"), { trouble: hangingCache });
    expect(outcome.kind).not.toBe("killed");
  });

  test("does not hold up a send with a Client Reference", async () => {
    const outcome = await steps.run(send, message("Order 1", { clientReference: "order-1" }), {
      trouble: hangingCache,
    });
    expect(outcome.kind).not.toBe("killed");
  });

  test("does not hold up a trigger", async () => {
    const contact = {
      id: "contact_1",
      phone: customer,
      tags: [],
      properties: {},
      createdAt: "2024-12-01T10:00:00.000Z",
    };
    const bundle = deliver("contact.created", contact, "evt_1");
    const outcome = await steps.run("triggers.contact_created", {}, { bundle, trouble: hangingCache });
    expect(outcome).toMatchObject({ kind: "success", output: [{ phone: customer }] });
  });

  test("that hangs after the message went out leaves one message, replayed or not", async () => {
    for (const from of [1, 2, 3, 4]) {
      const content = `Order ${from}`;
      const trouble = { cache: (count: number) => (count >= from ? ({ kind: "hang" } as const) : null) };
      await steps.run(send, message(content, { clientReference: content }), { trouble });
      await steps.run(send, message(content, { clientReference: content }));
    }
    const texts = steps.sentTexts();
    expect(texts).toEqual([...new Set(texts)]);
  });
});
