/** What is found of a person, and what becomes of it. */
import type { Cleared, Person } from "../../src/data/forget/index.ts";

/** What a store has of the person, or had. */
export type PlaceResult = {
  place: string;
  /** By kind, such as `events`. */
  found: Record<string, number>;
  /** By kind, what stays there, and why. */
  stays: Record<string, number>;
};

export type Place = {
  /** Looks, and adds to the person what it knows them by. */
  look(person: Person): Promise<PlaceResult>;
  forget(person: Person): Promise<PlaceResult>;
};

/** What OnSync has of the person, and cannot delete. `null`: it does not say. */
export type AtOnSync = {
  contactId: string | null;
  contact: 0 | 1;
  conversations: number | null;
  messages: number | null;
  /** Without a search, only an id finds a contact. */
  isSearchMissing: boolean;
};

export type Done = Cleared & { contactId: string | null; places: PlaceResult[]; atOnSync: AtOnSync };
