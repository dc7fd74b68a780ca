/** What is found of a person, and what has become of it, for a person. */
import { formatCount } from "../import/plan-text.ts";
import type { AtOnSync, Done, PlaceResult } from "./outcome.ts";

type Plan = { contactId: string | null; fields: readonly string[]; places: readonly PlaceResult[]; atOnSync: AtOnSync };

const kinds: Record<string, string> = {
  events: "event",
  sends: "send",
  notes: "note",
  contacts: "contact",
  conversations: "conversation",
  messages: "message",
};

export function formatPlan({ contactId, fields, places, atOnSync }: Plan): string {
  const lines = [
    contactId === null
      ? "The contact's id is not known"
      : `${contactId}${atOnSync.contact === 0 ? ": not at OnSync" : ""}`,
    ...(fields.length > 0 ? [`Is cleared at OnSync: ${fields.join(", ")}`] : []),
    ...places.map((place) => `${place.place}: ${formatFound(place)}${formatStays(place)}`),
    ...formatRemains(atOnSync),
  ];
  return `${lines.join("\n")}\n`;
}

export function formatResult({ contactId, cleared, kept, places, atOnSync }: Done): string {
  const lines = [
    `Done${contactId === null ? "" : `: ${contactId}`}`,
    ...(cleared.length > 0 ? [`Cleared at OnSync: ${cleared.join(", ")}`] : []),
    ...(kept.length > 0 ? [`OnSync does not let be cleared: ${kept.join(", ")}`] : []),
    ...places.map((place) => `${place.place}: ${formatFound(place)}${formatStays(place)}`),
    ...formatRemains(atOnSync),
  ];
  return `${lines.join("\n")}\n`;
}

function formatFound({ found }: PlaceResult): string {
  const counts = Object.entries(found).map(([kind, count]) => formatCount(count, kinds[kind] ?? kind));
  return counts.length === 0 ? "hashes and ids alone, nothing to take out" : counts.join(", ");
}

const reasons: Record<string, (count: number) => string> = {
  openSends: (count) =>
    `${formatCount(count, "open send")} ${count === 1 ? "keeps its" : "keep their"} address: settle (onsync sends), then run it again`,
  references: (count) =>
    `${formatCount(count, "reference")} ${count === 1 ? "names the person and stays" : "name the person and stay"} for 30 days, so that nothing is sent twice`,
  freePages: () => "somebody has it open, so that traces may be left in it: stop that, and run it again",
};

function formatStays({ stays }: PlaceResult): string {
  return Object.entries(stays)
    .map(([kind, count]) => `; ${reasons[kind]?.(count) ?? `${count} ${kind} stay`}`)
    .join("");
}

function formatRemains({ contact, conversations, messages, isSearchMissing }: AtOnSync): string[] {
  if (isSearchMissing)
    return ["This API has no search, so the contact cannot be found by that: name it by its id (contact_…), too"];
  if (contact === 0) return [];
  const count = (number: number | null, what: string) => (number === null ? `its ${what}s` : formatCount(number, what));
  return [
    `Stays at OnSync, where no endpoint deletes it: the contact's record, ${count(conversations, "conversation")}, ${count(messages, "message")}. Ask support@onsync.com to delete them`,
  ];
}
