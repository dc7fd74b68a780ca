import { Writable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { stdoutSink } from "../../../cli/listen/stdout-sink.ts";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { handOn, noSignal } from "../../webhooks/sinks/event.ts";

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A stream whose reader takes a line when it is told to. */
function slow() {
  const lines: string[] = [];
  const callbacks: ((error?: Error | null) => void)[] = [];
  const stream = new Writable({
    emitClose: false,
    autoDestroy: false,
    write(chunk, _encoding, callback) {
      lines.push(String(chunk));
      callbacks.push(callback);
    },
  });
  return { stream, lines, take: (error?: Error) => callbacks.shift()?.(error) };
}

describe("the stdout sink", () => {
  test("takes an event when its whole line is written", async () => {
    const { stream, take } = slow();
    let done = false;
    const handing = stdoutSink(stream)
      .handOn(handOn("evt_1"), noSignal)
      .then(() => {
        done = true;
      });
    for (let n = 0; n < 5; n++) await turn();
    expect(done).toBe(false);
    take();
    await handing;
  });

  test("writes one line at a time, so that a reader that stopped fills no memory, and none a second time", async () => {
    const { stream, lines, take } = slow();
    const sink = stdoutSink(stream);
    for (let round = 0; round < 3; round++) {
      const late = new AbortController();
      const all = ["evt_1", "evt_2", "evt_3"].map((id) => sink.handOn(handOn(id, id), late.signal));
      const settled = Promise.allSettled(all);
      await turn();
      late.abort();
      for (const each of await settled) {
        expect((each as PromiseRejectedResult).reason).toBeInstanceOf(SinkUnavailableError);
      }
    }
    expect(lines).toHaveLength(1);
    const again = ["evt_2", "evt_1", "evt_3"].map((id) => sink.handOn(handOn(id, id), noSignal));
    for (let n = 0; n < 10; n++) {
      take();
      await turn();
    }
    await Promise.all(again);
    expect(lines.map((line) => JSON.parse(line).id).sort()).toEqual(["evt_1", "evt_2", "evt_3"]);
  });

  test("events of two orgs that have one id are two lines", async () => {
    const { stream, lines, take } = slow();
    const sink = stdoutSink(stream);
    const both = [1, 2].map((sequence) => sink.handOn(handOn("evt_1", `org ${sequence}`, { sequence }), noSignal));
    for (let n = 0; n < 2; n++) {
      await turn();
      take();
      await turn();
    }
    await Promise.all(both);
    expect(lines).toHaveLength(2);
  });

  test("a write that fails is an outage; what comes next does not become the rest of its line", async () => {
    let written = "";
    let full = true;
    /** As process.stdout does, it goes on after an error. */
    class Disk extends Writable {
      override write(...args: unknown[]): boolean {
        const [chunk, callback] = args as [string, (error?: Error) => void];
        written += full ? chunk.slice(0, 10) : chunk;
        callback(full ? Object.assign(new Error("no space left"), { code: "ENOSPC" }) : undefined);
        return true;
      }
    }
    const sink = stdoutSink(new Disk());
    await expect(sink.handOn(handOn("evt_1"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    full = false;
    await sink.handOn(handOn("evt_2", "b"), noSignal);
    await sink.handOn(handOn("evt_1"), noSignal);
    const [torn, ...lines] = written.trimEnd().split("\n");
    expect(torn).toHaveLength(10);
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(["evt_2", "evt_1"]);
  });

  test("tells, once, that the reader is gone", async () => {
    const { stream, take } = slow();
    let gone = 0;
    const sink = stdoutSink(stream, () => {
      gone += 1;
    });
    const both = [sink.handOn(handOn("evt_1", "a"), noSignal), sink.handOn(handOn("evt_2", "b"), noSignal)];
    const settled = Promise.allSettled(both);
    await turn();
    take(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(gone).toBe(1);
  });

  test("prints one line a body, the same JSON to the last digit, and nothing that steers a terminal", async () => {
    const { stream, lines, take } = slow();
    const sink = stdoutSink(stream);
    const bodies = [
      '{\r\n  "id": "evt_1",\n  "n": 9007199254740993 }',
      '\ufeff{"text":"a\u2028b\u0085c\u202ed\u009be"}',
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    ];
    for (const [n, body] of bodies.entries()) {
      const handing = sink.handOn(handOn(`evt_${n}`, undefined, { body }), noSignal);
      await turn();
      take();
      await handing;
    }
    expect(lines[0]).toBe('{   "id": "evt_1",   "n": 9007199254740993 }\n');
    expect(lines[1]).toBe('{"text":"a\\u2028b\\u0085c\\u202ed\\u009be"}\n');
    expect(JSON.parse(lines[1] as string).text).toBe("a\u2028b\u0085c\u202ed\u009be");
    expect(lines[2]).toHaveLength(200_001);
  });
});
