/** Forgets a person: who it is, what stores have of them, and what OnSync lets be cleared. */
export { type Cleared, clearContact, findContact, listFilledFields } from "./contact.ts";
export { findEvents } from "./events.ts";
export { addContact, createNaming, createPerson, isReached, type Person, type PersonQuery } from "./person.ts";
