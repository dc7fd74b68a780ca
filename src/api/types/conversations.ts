/**
 * What is given to the API and what it answers, with what is said of each field.
 *
 * Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.
 */

export type ConversationsQuery = {
  /**
   * Status. open, assigned or resolved.
   */
  status?: "open" | "assigned" | "resolved" | undefined;

  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform?: "whatsapp" | "instagram" | "facebook" | "telegram" | undefined;

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

export type Assignee = { id: string; name: string; email?: string | null | undefined; [field: string]: unknown };

export type Conversation = {
  /**
   * Conversation. The conversation: platform:address, such as whatsapp:+971500000000.
   * 1 to 400 characters.
   *
   * @example "whatsapp:+971500000000"
   */
  id: string;

  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform: "whatsapp" | "instagram" | "facebook" | "telegram";

  /**
   * Contact. The contact's id.
   *
   * @example "contact_01JGDNWSW9"
   */
  contactId: string;

  /**
   * Status. open, assigned or resolved.
   */
  status: "open" | "assigned" | "resolved";

  /**
   * Assignee.
   *
   * @example {"id":"user_01JGDM2Q8R","name":"Omar Nasser","email":"omar@example.com"}
   */
  assignee?: Assignee | null | undefined;

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
  updatedAt: string;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  resolvedAt?: string | null | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastMessageAt?: string | null | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastInboundAt?: string | null | undefined;
  [field: string]: unknown;
};

export type ListedConversation = {
  /**
   * Conversation. The conversation: platform:address, such as whatsapp:+971500000000.
   * 1 to 400 characters.
   *
   * @example "whatsapp:+971500000000"
   */
  id: string;

  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform: "whatsapp" | "instagram" | "facebook" | "telegram";

  /**
   * Contact. The contact's id.
   *
   * @example "contact_01JGDNWSW9"
   */
  contactId: string;

  /**
   * Status. open, assigned or resolved.
   */
  status: "open" | "assigned" | "resolved";

  /**
   * Assignee.
   *
   * @example {"id":"user_01JGDM2Q8R","name":"Omar Nasser","email":"omar@example.com"}
   */
  assignee?: Assignee | null | undefined;

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
  updatedAt: string;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  resolvedAt?: string | null | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastMessageAt?: string | null | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastInboundAt?: string | null | undefined;

  /**
   * Name. First and last name of the contact.
   */
  contactName?: string | null | undefined;

  /**
   * Last Message.
   */
  lastMessage?:
    | {
        id: string;

        /**
         * Direction. inbound: from the customer. outbound: from the org.
         */
        direction: "inbound" | "outbound";
        type: string;
        content?: string | null | undefined;

        /**
         * Status. queued, sent, delivered, read or failed.
         */
        status?: "queued" | "sent" | "delivered" | "read" | "failed" | undefined;

        /**
         * ISO 8601, UTC, milliseconds.
         *
         * @example "2024-12-01T10:00:00.000Z"
         */
        createdAt: string;
        [field: string]: unknown;
      }
    | null
    | undefined;
  [field: string]: unknown;
};
