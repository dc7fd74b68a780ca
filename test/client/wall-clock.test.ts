/** A wall clock that jumps while the client works. */
import { describe, expect, test } from "@jest/globals";
import type { Clock } from "../../src/client/index.ts";
import { json, networkError, never, rejection, scriptedOnSync } from "../../testing/scripted.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;

/** A clock whose wall is moved while time goes on. */
class MovableWall implements Clock {
  readonly #time = new VirtualClock();
  offsetMs = 0;
  now = () => this.#time.now() + this.offsetMs;
  monotonic = () => this.#time.now();
  sleep = this.#time.sleep;
}

describe("a wall clock that is moved", () => {
  test.each([-3_600_000, 3_600_000])("by %i ms neither lengthens nor shortens a call", async (offsetMs) => {
    const clock = new MovableWall();
    const { onsync } = scriptedOnSync(
      [
        () => {
          clock.offsetMs = offsetMs;
          return never();
        },
      ],
      { clock },
    );
    const startedAt = clock.monotonic();
    expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({ name: "TimeoutError" });
    expect(clock.monotonic() - startedAt).toBe(30_000);
  });

  test("does not end the grace of an open send", async () => {
    const clock = new MovableWall();
    const other = json(200, { data: [{ id: "msg_0", metadata: { clientReference: "x" } }], nextBefore: null });
    const { onsync, lines } = scriptedOnSync([other, networkError("ECONNRESET"), ...Array(6).fill(other)], { clock });
    await rejection(onsync.messages.send(text, { clientReference: "order-17" }));
    clock.offsetMs = 86_400_000;
    const again = rejection(onsync.messages.send(text, { clientReference: "order-17" }));
    expect(await again).toMatchObject({ name: "UnknownOutcomeError" });
    expect(lines().filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });
});
