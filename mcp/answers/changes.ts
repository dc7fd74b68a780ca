/**
 * What an agent is told of a contact that it has written: whose it is, and what OnSync keeps otherwise than it was given.
 * What is kept as it was given, and what stayed, it is not told again.
 */
import { type Contact, isEmail, normalizeEmail } from "../../src/api/index.ts";
import type { Formatter } from "./formatter.ts";
import { type Data, type Summary, summarizeContact } from "./summaries.ts";

type Written = Contact & { changedTags?: string[] | undefined; warning?: string | null | undefined };

const rest = "as given, or as it was";

function isSame(kept: unknown, given: unknown): boolean {
  if (Array.isArray(kept) && Array.isArray(given))
    return kept.length === given.length && kept.every((each, index) => isSame(each, given[index]));
  if (typeof kept === "string" && typeof given === "string" && isEmail(kept))
    return normalizeEmail(kept) === normalizeEmail(given);
  return (kept ?? null) === given;
}

/** The fields whose value in OnSync is another than was asked for: those of `asked` alone. */
function listDeviations(kept: Data, asked: Data): Data {
  const names = Object.keys(asked).filter((name) => name in kept && !isSame(kept[name], asked[name]));
  return Object.fromEntries(names.map((name) => [name, kept[name]]));
}

/** What the arguments ask of the contact: each field's value, and `null` for one to empty. */
function readAsked({ clear, properties, ...fields }: Data): { fields: Data; properties: Data } {
  const cleared = Array.isArray(clear) ? clear.map(String) : [];
  const prefix = "properties.";
  return {
    fields: { ...fields, ...Object.fromEntries(cleared.map((name) => [name, null])) },
    properties: {
      ...(properties as Data | undefined),
      ...Object.fromEntries(
        cleared.filter((name) => name.startsWith(prefix)).map((name) => [name.slice(prefix.length), null]),
      ),
    },
  };
}

/**
 * @param args of the call
 * @param isNew whether nothing was there before: else it is told by its name who that is
 */
export function summarizeChange(contact: Written, args: Data, isNew: boolean, format: Formatter): Summary {
  const { changedTags, warning } = contact;
  const asked = readAsked(args);
  const shown = {
    ...(!isNew && { firstName: contact.firstName, lastName: contact.lastName }),
    ...listDeviations(contact, asked.fields),
    properties: listDeviations((contact.properties ?? {}) as Data, asked.properties),
    id: contact.id,
  } as unknown as Contact;
  const { line, data } = summarizeContact(shown, format);
  const changed = changedTags?.map((tag) => format.field(tag));
  return {
    data: { ...data, ...(changed && { changedTags: changed }), ...(warning && { warning }), rest },
    line: [
      `${line}. The rest is ${rest}.`,
      changed &&
        (changed.length > 0
          ? `Tags added or removed: ${changed.join(" | ")}. The others stayed.`
          : "No tag had to change."),
      warning,
    ]
      .filter(Boolean)
      .join("\n"),
  };
}
