import { describe, expect, test } from "@jest/globals";
import { createTruncatingLog, truncateLogValue } from "../src/log-limits.ts";
import { escapeForTerminal } from "../src/printable.ts";

/** Bytes of the fields in a line of the log, as it is written: by JSON, and by what a terminal must not be given. */
function written(fields: unknown) {
  return Buffer.byteLength(escapeForTerminal(JSON.stringify(fields)));
}

class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly details: unknown;
  constructor(message: string, details: unknown, cause?: unknown) {
    super(message, { cause });
    this.details = details;
  }
}

describe("what a log is given", () => {
  test("ordinary fields are given as they are, themselves", () => {
    const error = new RefusedError("no", { path: "to" }, new Error("why"));
    error.stack = (error.cause as Error).stack = "RefusedError: no\n    at somewhere";
    const fields = { event: "evt_1", status: 200, list: [1, "two"], nothing: null, missing: undefined, err: error };
    expect(truncateLogValue(fields)).toBe(fields);
    expect(truncateLogValue("a message")).toBe("a message");
  });

  test("a text keeps its beginning, and says how long it was", () => {
    expect(truncateLogValue({ event: `evt_${"a".repeat(1_000_000)}` })).toEqual({
      event: `evt_${"a".repeat(396)}… (1000004 characters)`,
    });
  });

  test("an error that is cut stays one of its class, with its beginning", () => {
    const error = new RefusedError(`no ${"x".repeat(1e6)}`, "y".repeat(1e6), new Error("z".repeat(1e6)));
    const { err } = truncateLogValue({ err: error }) as { err: RefusedError };
    expect(err).toBeInstanceOf(RefusedError);
    expect(err.message).toMatch(/^no x{300,400}… \(1000003 characters\)$/);
    expect(err.name).toBe("RefusedError");
    expect(Object.keys(err).sort()).toEqual(Object.keys(error).sort());
    expect(err.stack?.length).toBeLessThan(2100);
    expect((err.cause as Error).message.length).toBeLessThan(500);
    // What was given is left as it was.
    expect(error.message).toHaveLength(1_000_003);
  });

  test("a cycle, a million entries, a million names, bytes: all end", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const names = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`name${n}`, n]));
    const fields = { cycle, list: Array.from({ length: 1_000_000 }, () => "x"), names, bytes: new Uint8Array(1e6) };
    expect(written(truncateLogValue(fields))).toBeLessThan(4000);
  });

  test("whatever it holds, it is below five thousand bytes", () => {
    const nasty = ["\u0000", "\u202e", "\ud800", "😀", '"', "\\", "م", "\u2028", "\n", "\u0085", "\u061c", "a"].map(
      (each) => each.repeat(5000),
    );
    for (const text of nasty) {
      const list = Array.from({ length: 50 }, () => text);
      const record = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}${text}`, list]));
      const error = new RefusedError(text, record, new RefusedError(text, list));
      for (const fields of [{ id: text }, list, record, { err: error }, { list, record, error, text }])
        expect(written(truncateLogValue(fields))).toBeLessThan(5000);
    }
  });

  test("a log's message is cut as its fields are", () => {
    const lines: unknown[][] = [];
    createTruncatingLog((...line: unknown[]) => void lines.push(line))("warn", "m".repeat(1000), {
      id: "i".repeat(1000),
    });
    expect(lines).toEqual([
      ["warn", expect.stringMatching(/^m{400}… \(1000 characters\)$/), { id: expect.stringMatching(/^i{400}… /) }],
    ]);
  });
});
