/** Where `onsync listen` hands events on to, as its options say. */
import type { Sink } from "../../src/events/sinks/sink.ts";
import type { Io } from "../io.ts";
import { stdoutSink } from "./stdout-sink.ts";

export type SinkChoice = { forward?: string; sink?: string };

/** @param signingSecret what --forward signs with, asked each time: a rotation counts at once */
export const openSink = async (io: Io, { forward }: SinkChoice, signingSecret: () => string): Promise<Sink> => {
  if (forward !== undefined) {
    const { httpSink } = await import("../../src/events/sinks/http.ts");
    return httpSink({ url: forward, secret: signingSecret });
  }
  return stdoutSink(io.stdout);
};
