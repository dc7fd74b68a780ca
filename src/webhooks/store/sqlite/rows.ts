/** Rows of the event file as events. */
import { type EventState, eventStates, type StoredEvent } from "../store.ts";

export type Row = {
  position: number;
  sequence: number | null;
  id: string;
  org: string;
  type: string;
  key: string;
  created_at: number;
  received_at: number;
  state: number;
  attempts: number;
  refusals: number;
  error: string | null;
  body: string;
};

export function toStateNumber(state: EventState): number {
  return eventStates.indexOf(state);
}

export function toStoredEvent({ created_at, received_at, state, ...row }: Row): StoredEvent {
  return {
    ...row,
    createdAt: created_at,
    receivedAt: received_at,
    state: eventStates[state] as EventState,
  };
}
