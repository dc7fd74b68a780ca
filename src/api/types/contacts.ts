/**
 * What is given to the API and what it answers, with what is said of each field.
 *
 * Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.
 */

export type ContactInput = {
  /**
   * First name.
   * 1 to 200 characters.
   *
   * @example "Sara"
   */
  firstName?: string | undefined;

  /**
   * Last name.
   * 1 to 200 characters.
   *
   * @example "Hussein"
   */
  lastName?: string | undefined;

  /**
   * Phone number in E.164 form, with the country code. Spaces, dashes, dots and brackets are removed.
   *
   * @example "+971500000000"
   */
  phone?: string | undefined;

  /**
   * Email. E-mail address. Matched case-insensitively.
   *
   * @example "sara@example.com"
   */
  email?: string | undefined;

  /**
   * Tags. The contact's tags, all of them: they replace those it has.
   * Up to 100 items.
   *
   * @example ["lead","expo"]
   */
  tags?: string[] | undefined;

  /**
   * Channel. The channel the contact came from: whatsapp, instagram, facebook or telegram.
   *
   * @example "instagram"
   */
  channel?: "whatsapp" | "instagram" | "facebook" | "telegram" | undefined;

  /**
   * Properties. Custom properties, merged key by key. Known keys: source, language, externalId.
   *
   * @example {"source":"Expo booth","language":"en","externalId":"crm_8740"}
   */
  properties?:
    | ({
        /**
         * Source. Where the contact came from.
         * Up to 4096 characters.
         *
         * @example "Expo booth"
         */
        source?: string | undefined;

        /**
         * Language. The contact's language.
         * Up to 100 characters.
         *
         * @example "en"
         */
        language?: string | undefined;

        /**
         * External ID. The contact's id in your own system, such as a CRM.
         * 1 to 200 characters.
         *
         * @example "crm_8740"
         */
        externalId?: string | undefined;
      } & { [name: string]: string | number | boolean })
    | undefined;
};

export type ContactPatch = {
  /**
   * First name.
   * 1 to 200 characters.
   *
   * @example "Sara"
   */
  firstName?: string | null | undefined;

  /**
   * Last name.
   * 1 to 200 characters.
   *
   * @example "Hussein"
   */
  lastName?: string | null | undefined;

  /**
   * Phone number in E.164 form, with the country code. Spaces, dashes, dots and brackets are removed.
   *
   * @example "+971500000000"
   */
  phone?: string | null | undefined;

  /**
   * Email. E-mail address. Matched case-insensitively.
   *
   * @example "sara@example.com"
   */
  email?: string | null | undefined;

  /**
   * Tags. The contact's tags, all of them: they replace those it has.
   * Up to 100 items.
   *
   * @example ["lead","expo"]
   */
  tags?: string[] | null | undefined;

  /**
   * Channel. The channel the contact came from: whatsapp, instagram, facebook or telegram.
   *
   * @example "instagram"
   */
  channel?: "whatsapp" | "instagram" | "facebook" | "telegram" | null | undefined;

  /**
   * Properties. Custom properties, merged key by key. A null value removes its key.
   *
   * @example {"language":"ar","source":null}
   */
  properties?:
    | ({
        /**
         * Source. Where the contact came from.
         * Up to 4096 characters.
         *
         * @example "Expo booth"
         */
        source?: string | null | undefined;

        /**
         * Language. The contact's language.
         * Up to 100 characters.
         *
         * @example "en"
         */
        language?: string | null | undefined;

        /**
         * External ID. The contact's id in your own system, such as a CRM.
         * 1 to 200 characters.
         *
         * @example "crm_8740"
         */
        externalId?: string | null | undefined;
      } & { [name: string]: string | number | boolean | null })
    | null
    | undefined;
};

export type ContactsQuery = {
  /**
   * Exact phone number, E.164.
   *
   * @example "+971500000000"
   */
  phone?: string | undefined;

  /**
   * Exact e-mail address, in any case.
   *
   * @example "sara@example.com"
   */
  email?: string | undefined;

  /**
   * Exact `properties.externalId`.
   *
   * @example "crm_8740"
   */
  externalId?: string | undefined;

  /**
   * Words in name, phone or e-mail.
   * 1 to 200 characters.
   *
   * @example "sara"
   */
  query?: string | undefined;

  /**
   * Limit. Results a page, 1 to 100.
   * 1 to 100, 50 unless it is given.
   *
   * @example 50
   */
  limit?: number | undefined;

  /**
   * Cursor. nextCursor of the page before.
   * 1 to 1000 characters.
   *
   * @example "eyJpZCI6ImNvbnRhY3RfMDEifQ"
   */
  cursor?: string | undefined;
};

export type Contact = {
  /**
   * Contact. Id such as contact_01JGDNWSW9.
   * 1 to 400 characters.
   *
   * @example "contact_01JGDNWSW9"
   */
  id: string;

  /**
   * First name.
   *
   * @example "Sara"
   */
  firstName?: string | null | undefined;

  /**
   * Last name.
   *
   * @example "Hussein"
   */
  lastName?: string | null | undefined;

  /**
   * Phone number in E.164 form.
   *
   * @example "+971500000000"
   */
  phone?: string | null | undefined;

  /**
   * Email. E-mail address.
   *
   * @example "sara@example.com"
   */
  email?: string | null | undefined;

  /**
   * Tags. The contact's tags.
   *
   * @example ["lead","expo"]
   */
  tags: string[];

  /**
   * Channel. The channel the contact came from: whatsapp, instagram, facebook or telegram.
   *
   * @example "instagram"
   */
  channel?: "whatsapp" | "instagram" | "facebook" | "telegram" | null | undefined;

  /**
   * Properties. Custom properties: source, language, externalId and others.
   *
   * @example {"source":"Expo booth","language":"en","externalId":"crm_8740"}
   */
  properties: { [name: string]: string | number | boolean };

  /**
   * Org. The org the contact belongs to.
   *
   * @example "org_123"
   */
  orgId: string;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  createdAt: string;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  updatedAt?: string | undefined;
  [field: string]: unknown;
};

export type ContactActivity = {
  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastMessageAt: string | null;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastInboundAt: string | null;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastOutboundAt: string | null;
  messageCount: number;
  conversationIds: string[];
  [field: string]: unknown;
};

export type ContactWithActivity = {
  /**
   * Contact. Id such as contact_01JGDNWSW9.
   * 1 to 400 characters.
   *
   * @example "contact_01JGDNWSW9"
   */
  id: string;

  /**
   * First name.
   *
   * @example "Sara"
   */
  firstName?: string | null | undefined;

  /**
   * Last name.
   *
   * @example "Hussein"
   */
  lastName?: string | null | undefined;

  /**
   * Phone number in E.164 form.
   *
   * @example "+971500000000"
   */
  phone?: string | null | undefined;

  /**
   * Email. E-mail address.
   *
   * @example "sara@example.com"
   */
  email?: string | null | undefined;

  /**
   * Tags. The contact's tags.
   *
   * @example ["lead","expo"]
   */
  tags: string[];

  /**
   * Channel. The channel the contact came from: whatsapp, instagram, facebook or telegram.
   *
   * @example "instagram"
   */
  channel?: "whatsapp" | "instagram" | "facebook" | "telegram" | null | undefined;

  /**
   * Properties. Custom properties: source, language, externalId and others.
   *
   * @example {"source":"Expo booth","language":"en","externalId":"crm_8740"}
   */
  properties: { [name: string]: string | number | boolean };

  /**
   * Org. The org the contact belongs to.
   *
   * @example "org_123"
   */
  orgId: string;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  createdAt: string;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  updatedAt?: string | undefined;
  activity?: ContactActivity | undefined;
  [field: string]: unknown;
};
