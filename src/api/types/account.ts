/**
 * What is given to the API and what it answers, with what is said of each field.
 *
 * Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.
 */

export type Account = {
  org: {
    /**
     *
     * @example "org_123"
     */
    id: string;

    /**
     *
     * @example "Expo Trading LLC"
     */
    name: string;
    [field: string]: unknown;
  };

  /**
   * The key's first characters, to tell keys apart.
   *
   * @example "onsync_pk_live_8fQ2"
   */
  keyPrefix: string;

  /**
   * What the key may do.
   *
   * @example ["read:contacts","write:messages"]
   */
  scopes: string[];
  rateLimit?:
    | {
        /**
         * Requests an hour, shared by all keys of the org.
         */
        limit: number;
        remaining: number;

        /**
         * When the budget is full again if nothing more is spent.
         *
         * @example "2024-12-01T10:00:00.000Z"
         */
        resetAt: string;
        [field: string]: unknown;
      }
    | undefined;
  [field: string]: unknown;
};

export type WebhookInput = {
  /**
   * URL. Where OnSync posts the events.
   * Up to 2048 characters.
   *
   * @example "https://example.com/hooks/onsync"
   */
  url: string;

  /**
   * Events. The events to send: message.created, message.updated, conversation.assigned, conversation.resolved, contact.created, contact.updated.
   *
   * @example ["message.created"]
   */
  events: (
    | "message.created"
    | "message.updated"
    | "conversation.assigned"
    | "conversation.resolved"
    | "contact.created"
    | "contact.updated"
  )[];

  /**
   * Secret. Key of the signature. Made by OnSync when you give none.
   * 1 to 256 characters.
   */
  secret?: string | undefined;
};

export type WebhookStats = {
  /**
   * Deliveries the endpoint acknowledged.
   */
  delivered: number;

  /**
   * Deliveries given up after the fourth attempt.
   */
  failed: number;

  /**
   * Deliveries waiting for an attempt.
   */
  pending: number;

  /**
   * Attempts after a first one.
   */
  retried: number;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  lastDeliveryAt: string | null;
  lastStatusCode: number | null;
  [field: string]: unknown;
};

export type Webhook = {
  /**
   * Webhook. Id such as wh_01JGDQ3V7K.
   * 1 to 400 characters.
   *
   * @example "wh_01JGDQ3V7K"
   */
  id: string;

  /**
   * URL.
   *
   * @example "https://example.com/hooks/onsync"
   */
  url: string;

  /**
   * Events.
   *
   * @example ["message.created"]
   */
  events: string[];

  /**
   * Status. active or paused.
   */
  status?: "active" | "paused" | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  createdAt?: string | undefined;
  stats?: WebhookStats | undefined;
  [field: string]: unknown;
};

export type CreatedWebhook = {
  /**
   * Webhook. Id such as wh_01JGDQ3V7K.
   * 1 to 400 characters.
   *
   * @example "wh_01JGDQ3V7K"
   */
  id: string;

  /**
   * URL.
   *
   * @example "https://example.com/hooks/onsync"
   */
  url: string;

  /**
   * Events.
   *
   * @example ["message.created"]
   */
  events: string[];

  /**
   * Status. active or paused.
   */
  status?: "active" | "paused" | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  createdAt?: string | undefined;
  secret?: string | undefined;
  [field: string]: unknown;
};

export type DeletedWebhook = {
  /**
   * Webhook. Id such as wh_01JGDQ3V7K.
   * 1 to 400 characters.
   *
   * @example "wh_01JGDQ3V7K"
   */
  id: string;
  deleted: boolean;
  [field: string]: unknown;
};
