/**
 * The fields the API's objects are made of. Each is stated once: its rule, its title, its help and an example, so that
 * every face (the OpenAPI document, Zapier input fields, MCP tools, the command line) says the same thing about it.
 */
import * as z from "zod";
import {
  findInstantProblem,
  findQueryInstantProblem,
  fitsMessage,
  instantPattern,
  maxMessageCharacters,
  platforms,
  removeDuplicates,
} from "./values/checks.ts";
import { emailPattern, isEmail, isPhone, normalizePhone, phonePattern, trimEmail } from "./values/identifiers.ts";

/**
 * A string of at most so many characters: Unicode code points, as JSON Schema counts them, so that an emoji counts once.
 */
export function atMost(max: number, schema: z.ZodString = z.string()): z.ZodString {
  return schema.max(max);
}

/** A text that has no problem. `findProblem` is known by its name to what is written from the schemas (src/client/wire). */
export function checkedText(findProblem: (value: string) => string | undefined): z.ZodString {
  return z.string().refine((value) => findProblem(value) === undefined, {
    error: ({ input }) => findProblem(input as string),
    params: { findProblem },
  });
}

/** As {@link atMost}, and not empty. */
export function someText(max: number): z.ZodString {
  return atMost(max, z.string().min(1, { error: "must not be empty", abort: true }));
}

/** As {@link someText}, with something in it that can be seen: white space alone says nothing, and leads nowhere. */
function visibleText(max: number): z.ZodString {
  const text = z.string().min(1, { error: "must not be empty", abort: true });
  return atMost(max, text.regex(/\S/u, { error: "must not be blank" }));
}

export const Platform = z.enum(platforms).meta({
  title: "Platform",
  description: "The channel: whatsapp, instagram, facebook or telegram.",
  examples: ["whatsapp"],
});
export type Platform = z.infer<typeof Platform>;

const name = someText(200);
export const FirstName = name.meta({ title: "First Name", description: "First name.", examples: ["Sara"] });
export const LastName = name.meta({ title: "Last Name", description: "Last name.", examples: ["Hussein"] });

export const Tags = z
  .array(atMost(100, z.string().min(1, { error: "a tag must not be empty", abort: true })))
  .max(100)
  .overwrite(removeDuplicates)
  .meta({
    title: "Tags",
    description: "The contact's tags, all of them: they replace those it has.",
    examples: [["lead", "expo"]],
  });

export const Channel = Platform.meta({
  title: "Channel",
  description: "The channel the contact came from: whatsapp, instagram, facebook or telegram.",
  examples: ["instagram"],
});

export const ExternalId = someText(200).meta({
  title: "External ID",
  description: "The contact's id in your own system, such as a CRM.",
  examples: ["crm_8740"],
});

/** A custom property's value: the API keeps scalars only. */
export const PropertyValue = z.union([z.string().max(4096), z.number(), z.boolean()]);
export type PropertyValue = z.infer<typeof PropertyValue>;

/** As {@link PropertyValue}, from a caller: a number that JSON keeps exactly. */
const PropertyInput = z.union([
  atMost(4096),
  z.number().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  z.boolean(),
]);
/** JavaScript keeps these names for itself, at every depth of a body. */
const propertyNames = { not: { enum: ["__proto__", "constructor", "prototype"] } };

const knownProperties = {
  source: atMost(4096).meta({ title: "Source", description: "Where the contact came from.", examples: ["Expo booth"] }),
  language: atMost(100).meta({ title: "Language", description: "The contact's language.", examples: ["en"] }),
  externalId: ExternalId,
};

/** An open map of scalars; `source`, `language` and `externalId` are known to OnSync. */
export const Properties = z
  .object({
    source: knownProperties.source.optional(),
    language: knownProperties.language.optional(),
    externalId: knownProperties.externalId.optional(),
  })
  .catchall(PropertyInput)
  .meta({
    propertyNames,
    title: "Properties",
    description: "Custom properties, merged key by key. Known keys: source, language, externalId.",
    examples: [{ source: "Expo booth", language: "en", externalId: "crm_8740" }],
  });
export type Properties = z.infer<typeof Properties>;

/** As {@link Properties}, for PATCH: a `null` value removes its key. */
export const PropertiesPatch = z
  .object({
    source: knownProperties.source.nullable().optional(),
    language: knownProperties.language.nullable().optional(),
    externalId: knownProperties.externalId.nullable().optional(),
  })
  .catchall(PropertyInput.nullable())
  .meta({
    propertyNames,
    title: "Properties",
    description: "Custom properties, merged key by key. A null value removes its key.",
    examples: [{ language: "ar", source: null }],
  });

/** An instant: ISO 8601, UTC, milliseconds. */
export const Timestamp = z
  .string()
  .meta({ description: "ISO 8601, UTC, milliseconds.", examples: ["2024-12-01T10:00:00.000Z"] });

/** An instant somebody else writes. */
function instant(findProblem: (value: string) => string | undefined) {
  return checkedText(findProblem).meta({
    description: "ISO 8601 time with a zone.",
    examples: ["2024-12-01T11:00:00Z"],
    pattern: instantPattern,
  });
}

/** ISO 8601 with a zone; the milliseconds may be missing. */
export const Instant = instant(findInstantProblem);
/** As {@link Instant}, in a query string: a plus sign has to be encoded there. */
export const QueryInstant = instant(findQueryInstantProblem);

export const Phone = z
  .string()
  .overwrite(normalizePhone)
  .refine(isPhone, { error: "must be a phone number in E.164 form, such as +971500000000" })
  .meta({
    pattern: phonePattern,
    title: "Phone",
    description: "Phone number in E.164 form, with the country code. Spaces, dashes, dots and brackets are removed.",
    examples: ["+971500000000"],
  });

export const Email = z
  .string()
  .overwrite(trimEmail)
  .refine(isEmail, { error: "must be an e-mail address, such as sara@example.com" })
  .meta({
    title: "Email",
    description: "E-mail address. Matched case-insensitively.",
    examples: ["sara@example.com"],
    pattern: `^\\s*${emailPattern}\\s*$`,
  });

/** Where a message goes: a phone number on WhatsApp, the customer's address on the other platforms. */
export const Address = visibleText(256).meta({
  title: "To",
  description:
    "The customer's address: a phone number in E.164 form on WhatsApp, the customer's id on the other platforms.",
  examples: ["+971500000000"],
});

/** The text of a message: 1 to 4096 characters (Unicode code points, so that an emoji counts once), sent exactly as given. */
export const MessageText = z
  .string()
  .min(1, { error: "must not be empty", abort: true })
  .regex(/\S/u, { error: "must not be blank: there is nothing to read in it" })
  .refine(fitsMessage, { error: `must be at most ${maxMessageCharacters} characters` })
  .meta({
    maxLength: maxMessageCharacters,
    title: "Message",
    description: "The text, 1 to 4096 characters. It is sent exactly as written.",
    examples: ["Welcome to OnSync. Reply STOP to unsubscribe."],
  });

/** Data of the caller's own, kept with a message and returned in history and webhooks. */
export const Metadata = z.record(z.string(), z.unknown()).meta({
  title: "Metadata",
  description: "Data of your own, kept with the message and returned in history and webhooks.",
  examples: [{ source: "api", campaign: "expo-follow-up" }],
});
export type Metadata = z.infer<typeof Metadata>;

function id(title: string, example: string) {
  return someText(400).meta({ title, description: `Id such as ${example}.`, examples: [example] });
}

export const ContactId = id("Contact", "contact_01JGDNWSW9");
export const ConversationId = someText(400).meta({
  title: "Conversation",
  description: "The conversation: platform:address, such as whatsapp:+971500000000.",
  examples: ["whatsapp:+971500000000"],
});
export const WebhookId = id("Webhook", "wh_01JGDQ3V7K");

/** A page size. */
export function limit(fallback: number) {
  return z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(fallback)
    .meta({ title: "Limit", description: "Results a page, 1 to 100.", examples: [fallback] });
}

export const Cursor = someText(1000).meta({
  title: "Cursor",
  description: "nextCursor of the page before.",
  examples: ["eyJpZCI6ImNvbnRhY3RfMDEifQ"],
});
