/** A sink that remembers whether it was out of reach the last time. */
import { type Sink, SinkUnavailableError } from "./sink.ts";

/** @returns the sink, to be handed on to in place of the other */
export function watchReach(sink: Sink): Sink & { isReached(): boolean } {
  let isReached = true;
  return {
    name: sink.name,
    isReached: () => isReached,
    async handOn(event, signal) {
      try {
        await sink.handOn(event, signal);
        isReached = true;
      } catch (error) {
        // Whoever refuses an event is there.
        isReached = !(error instanceof SinkUnavailableError);
        throw error;
      }
    },
    close: () => sink.close(),
  };
}
