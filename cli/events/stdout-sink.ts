/** Events printed, one line of JSON each: for a person who looks, or the next program of a pipe. */
import type { Sink } from "../../src/events/sinks/sink.ts";
import { type Output, print } from "../io.ts";

export const stdoutSink = (stdout: Output): Sink => ({
  name: "stdout",
  async handOn({ body }) {
    // A delivery may be laid out over several lines.
    await print(stdout, `${JSON.stringify(JSON.parse(body))}\n`);
  },
  async close() {},
});
