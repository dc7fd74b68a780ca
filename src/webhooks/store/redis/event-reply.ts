/** Events as the scripts give them. */
import type { EventState, StoredEvent } from "../store.ts";

/** The name, then the fields. Without a position: it has expired. */
export type EventReply = [name: string, position: string | null, ...fields: (string | null)[]];

export function toStoredEvent(reply: EventReply): StoredEvent {
  const [name, position, type, key, createdAt, receivedAt, state, attempts, refusals, error, body, sequence, id, org] =
    reply as string[];
  return {
    // Before format 3 its id was its name.
    id: id ?? (name as string),
    org: org ?? "",
    type: type as string,
    key: key as string,
    position: Number(position),
    sequence: sequence ? Number(sequence) : null,
    createdAt: Number(createdAt),
    receivedAt: Number(receivedAt),
    state: state as EventState,
    attempts: Number(attempts),
    refusals: Number(refusals),
    error: error === "" ? null : (error as string),
    body: body as string,
  };
}
