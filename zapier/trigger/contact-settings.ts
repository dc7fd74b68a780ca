/** New Contact and Contact Updated: their filters, what an update changed, and which updates are the app's own. */
import type { PlainInputField } from "zapier-platform-core";
import type { Contact, Event } from "../../src/api/index.ts";
import { findChangedFields } from "../contacts/changed-fields.ts";
import { clearableFields } from "../contacts/clearable-fields.ts";
import { isOwnUpdate } from "../contacts/own-updates.ts";
import { channels } from "../from-schemas/fields.ts";
import { toChoices } from "../input/choices.ts";
import { type InputData, readBoolean, readList, readText } from "../input/input-data.ts";
import type { PerformContext } from "../perform.ts";
import { contactRecord } from "../records/contact.ts";
import type { Column } from "../records/record.ts";
import { listRecentContacts } from "./recent.ts";

/** An update with what it changed: `null` where that cannot be told, missing where there was no event. */
type ContactUpdate = { data: Contact; changedFields?: string[] | null };

const contactFilters: PlainInputField[] = [
  {
    key: "tag",
    label: "Tag",
    required: false,
    list: true,
    placeholder: "lead",
    helpText: "Only contacts that have one of these tags, in upper or lower case. Leave it empty for all.",
  },
  {
    key: "channel",
    label: "Channel",
    required: false,
    choices: toChoices(channels),
    helpText: "Only contacts that came from this channel. Leave it empty for all.",
  },
];

function isWantedContact({ tags, channel }: Contact, inputData: InputData): boolean {
  const wantedTags = readList(inputData, "tag").map(toComparable).filter(Boolean);
  const wantedChannel = readText(inputData, "channel");
  return (
    (wantedChannel === undefined || wantedChannel === channel) &&
    (wantedTags.length === 0 || (tags ?? []).some((tag) => wantedTags.includes(toComparable(tag))))
  );
}

function toComparable(tag: string): string {
  return tag.trim().toLocaleLowerCase();
}

export const contactCreated = {
  noun: "Contact",
  record: contactRecord,
  inputFields: contactFilters,
  isWanted: ({ data }: { data: Contact }, inputData: InputData) => isWantedContact(data, inputData),
  listRecent: listRecentContacts,
};

const ignoreOwnField = {
  key: "ignoreOwn",
  label: "Ignore Updates Made by Zapier",
  type: "boolean",
  required: false,
  default: "true",
  helpText:
    "Yes is the safe choice: a Zap that updates the contact would otherwise trigger itself again and again. With No it also runs on what steps of your Zaps change in contacts.",
} satisfies PlainInputField;

const changedField = {
  key: "changed",
  label: "Changed Fields",
  required: false,
  list: true,
  choices: clearableFields,
  helpText:
    "Only when one of these changed. The Zap remembers each contact for seven days after an update. Of a contact that it does not know yet, every update triggers.",
} satisfies PlainInputField;

const changeColumns: Column<ContactUpdate>[] = [
  {
    key: "changedFields",
    label: "Changed Fields",
    list: true,
    value: ({ changedFields }) => changedFields ?? [],
    sampleValue: ["tags", "properties.source"],
  },
  {
    key: "changesKnown",
    label: "Changes Known",
    type: "boolean",
    value: ({ changedFields }) => Array.isArray(changedFields),
    sampleValue: true,
  },
];

export const contactUpdated = {
  ...contactCreated,
  inputFields: [changedField, ...contactFilters, ignoreOwnField],
  extraColumns: changeColumns,
  complete: completeUpdate,
  isWanted: ({ data, changedFields }: ContactUpdate, inputData: InputData) => {
    const chosen = readList(inputData, changedField.key);
    return (
      isWantedContact(data, inputData) &&
      (chosen.length === 0 ||
        !changedFields ||
        chosen.some((field) => changedFields.some((each) => each === field || field.startsWith(`${each}.`))))
    );
  },
};

/** The event with what it changed; `null` where a step of this app made the update, and the Zap is not to run on those. */
async function completeUpdate<Update extends Event & { data: Contact }>(
  event: Update,
  { z, bundle }: PerformContext,
): Promise<(Update & ContactUpdate) | null> {
  const { id, secret } = (bundle.subscribeData ?? {}) as { id?: unknown; secret?: unknown };
  if (typeof id !== "string" || typeof secret !== "string")
    return { ...event, changedFields: readChangedFields(event) };
  // What the app's own step wrote is remembered too: the next change is a change of that.
  const found = await findChangedFields(event, { id, secret }, z);
  if ((readBoolean(bundle.inputData, ignoreOwnField.key) ?? true) && (await isOwnUpdate(event, id, z))) {
    z.console.log(`Delivery dropped: event ${event.id} is the update of a step of Zapier.`);
    return null;
  }
  return { ...event, changedFields: readChangedFields(event) ?? found };
}

/** Where the event says it itself. */
function readChangedFields(event: { data: Contact } & Partial<Event>): string[] | null {
  const named: unknown = "changedFields" in event ? event.changedFields : event.data.changedFields;
  return Array.isArray(named) ? named.map(String) : null;
}
