/** How long a web server asks to be left alone. */
import { describe, expect, test } from "@jest/globals";
import { httpSink } from "../../../src/webhooks/sinks/http.ts";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { handOn, noSignal } from "./event.ts";
import { startRawServer } from "./raw-server.ts";

describe("Retry-After", () => {
  const asked = async (status: number, ...lines: string[]): Promise<number | null | "refused" | "taken"> => {
    const { port } = await startRawServer(
      `HTTP/1.1 ${status} x\r\n${lines.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`,
      "end",
    );
    const sink = httpSink({ url: `http://127.0.0.1:${port}/`, secret: "shared" });
    const error = await sink.handOn(handOn("evt_1"), noSignal).catch((thrown: unknown) => thrown);
    await sink.close();
    if (error === undefined) return "taken";
    return error instanceof SinkUnavailableError ? error.retryAfterMs : "refused";
  };
  const hour = 60 * 60 * 1000;

  test.each([
    ["seconds", ["Retry-After: 7"], 7000],
    ["longer than an hour", ["Retry-After: 90000"], 25 * hour],
    [
      "a date, from the answer's own",
      ["Date: Sun, 01 Dec 2024 10:00:00 GMT", "Retry-After: Sun, 01 Dec 2024 13:00:00 GMT"],
      3 * hour,
    ],
    [
      "a date of the older form",
      ["Date: Sun, 01 Dec 2024 10:00:00 GMT", "Retry-After: Sunday, 01-Dec-24 10:00:05 GMT"],
      5000,
    ],
    ["a date that is over", ["Date: Sun, 01 Dec 2024 10:00:00 GMT", "Retry-After: Sun, 01 Dec 2024 09:00:00 GMT"], 0],
    ["two lines: the longer", ["Retry-After: 5", "Retry-After: 60"], 60_000],
    ["beyond what can be kept: a year", [`Retry-After: 1${"0".repeat(400)}`], 365 * 24 * hour],
    ["words: none", ["Retry-After: soon"], null],
    ["the limit of an API: none", ["RateLimit-Reset: 50"], null],
  ])("%s", async (_what, lines, wait) => {
    expect(await asked(503, ...lines)).toBe(wait);
  });

  test("is heeded whatever the status; without it the status decides", async () => {
    for (const status of [301, 400, 404, 408, 409, 425, 429, 500, 502, 503, 504, 507, 599]) {
      expect([status, await asked(status, "Retry-After: 60")]).toEqual([status, 60_000]);
    }
    for (const status of [408, 425, 429, 502, 503, 504]) expect([status, await asked(status)]).toEqual([status, null]);
    for (const status of [300, 301, 400, 404, 409, 500, 501, 507])
      expect([status, await asked(status)]).toEqual([status, "refused"]);
  });
});
