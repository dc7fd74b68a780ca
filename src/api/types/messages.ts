/**
 * What is given to the API and what it answers, with what is said of each field.
 *
 * Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.
 */

export type TemplateWindowStatus = {
  open: boolean;

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
  expiredAt: string | null;
  requiresTemplate: boolean;
  [field: string]: unknown;
};

export type MessageInput =
  | {
      /**
       * Platform. The channel: whatsapp, instagram, facebook or telegram.
       *
       * @example "whatsapp"
       */
      platform: "whatsapp" | "instagram" | "facebook" | "telegram";

      /**
       * To. The customer's address: a phone number in E.164 form on WhatsApp, the customer's id on the other platforms.
       * 1 to 256 characters.
       *
       * @example "+971500000000"
       */
      to: string;
      messageType: "text";

      /**
       * Message. The text, 1 to 4096 characters. It is sent exactly as written.
       *
       * @example "Welcome to OnSync. Reply STOP to unsubscribe."
       */
      content: string;

      /**
       * Metadata. Data of your own, kept with the message and returned in history and webhooks.
       *
       * @example {"source":"api","campaign":"expo-follow-up"}
       */
      metadata?: { [name: string]: unknown } | undefined;
    }
  | {
      platform: "whatsapp";

      /**
       * To. The customer's address: a phone number in E.164 form on WhatsApp, the customer's id on the other platforms.
       * 1 to 256 characters.
       *
       * @example "+971500000000"
       */
      to: string;
      messageType: "template";
      metadata: {
        template: {
          /**
           * Template. Name of an approved WhatsApp template.
           * 1 to 512 characters.
           *
           * @example "order_follow_up"
           */
          name: string;

          /**
           * Language of the template.
           * Up to 20 characters.
           *
           * @example "en"
           */
          language: string;
          components?:
            | {
                type: string;
                parameters?: { type: string; text?: string | undefined; [field: string]: unknown }[] | undefined;
                [field: string]: unknown;
              }[]
            | undefined;
        };
        [field: string]: unknown;
      };
    };

export type Message = {
  /**
   * Message. Id such as msg_01JGDP5CQ0.
   *
   * @example "msg_01JGDP5CQ0"
   */
  id: string;

  /**
   * Conversation. The conversation: platform:address, such as whatsapp:+971500000000.
   * 1 to 400 characters.
   *
   * @example "whatsapp:+971500000000"
   */
  conversationId: string;

  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform?: "whatsapp" | "instagram" | "facebook" | "telegram" | undefined;

  /**
   * To. Where an outbound message goes.
   *
   * @example "+971500000000"
   */
  to?: string | undefined;

  /**
   * Type. text, template, or another kind the customer sent.
   *
   * @example "text"
   */
  type: string;

  /**
   * Direction. inbound: from the customer. outbound: from the org.
   */
  direction: "inbound" | "outbound";

  /**
   * Status. queued, sent, delivered, read or failed.
   */
  status?: "queued" | "sent" | "delivered" | "read" | "failed" | undefined;

  /**
   * Failure Reason. Why a failed message failed.
   */
  failureReason?: string | null | undefined;

  /**
   * Content. The text.
   *
   * @example "Hi, can you confirm my order?"
   */
  content?: string | null | undefined;

  /**
   * Metadata. platformMessageId, source, and the sender's own data.
   *
   * @example {"platformMessageId":"wamid.HBgMMjU0","source":"whatsapp_unified_system"}
   */
  metadata?: { [name: string]: unknown } | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  createdAt: string;
  [field: string]: unknown;
};

export type SentMessage = {
  /**
   * Message. Id such as msg_01JGDP5CQ0.
   *
   * @example "msg_01JGDP5CQ0"
   */
  id: string;

  /**
   * Conversation. The conversation: platform:address, such as whatsapp:+971500000000.
   * 1 to 400 characters.
   *
   * @example "whatsapp:+971500000000"
   */
  conversationId: string;

  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform?: "whatsapp" | "instagram" | "facebook" | "telegram" | undefined;

  /**
   * To. Where an outbound message goes.
   *
   * @example "+971500000000"
   */
  to?: string | undefined;

  /**
   * Type. text, template, or another kind the customer sent.
   *
   * @example "text"
   */
  type: string;

  /**
   * Direction. inbound: from the customer. outbound: from the org.
   */
  direction: "inbound" | "outbound";

  /**
   * Status. queued, sent, delivered, read or failed.
   */
  status?: "queued" | "sent" | "delivered" | "read" | "failed" | undefined;

  /**
   * Failure Reason. Why a failed message failed.
   */
  failureReason?: string | null | undefined;

  /**
   * Content. The text.
   *
   * @example "Hi, can you confirm my order?"
   */
  content?: string | null | undefined;

  /**
   * Metadata. platformMessageId, source, and the sender's own data.
   *
   * @example {"platformMessageId":"wamid.HBgMMjU0","source":"whatsapp_unified_system"}
   */
  metadata?: { [name: string]: unknown } | undefined;

  /**
   * ISO 8601, UTC, milliseconds.
   *
   * @example "2024-12-01T10:00:00.000Z"
   */
  createdAt: string;

  /**
   * Present when the WhatsApp conversation is outside the 24-hour window.
   *
   * @example {"open":false,"lastInboundAt":"2024-12-01T10:00:00.000Z","expiredAt":"2024-12-02T10:00:00.000Z","requiresTemplate":true}
   */
  templateWindowStatus?: TemplateWindowStatus | undefined;
  [field: string]: unknown;
};

export type Template = {
  /**
   * Name.
   *
   * @example "order_follow_up"
   */
  name: string;

  /**
   * Language.
   *
   * @example "en"
   */
  language: string;

  /**
   * Status. approved, pending or rejected.
   *
   * @example "approved"
   */
  status: string;

  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform?: "whatsapp" | "instagram" | "facebook" | "telegram" | undefined;
  category?: string | undefined;
  components: { type: string; text?: string | undefined; [field: string]: unknown }[];
  [field: string]: unknown;
};

export type TemplatesQuery = {
  /**
   * Platform. The channel: whatsapp, instagram, facebook or telegram.
   *
   * @example "whatsapp"
   */
  platform?: "whatsapp" | "instagram" | "facebook" | "telegram" | undefined;
};
