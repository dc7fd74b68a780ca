/** How a server may differ from docs/onsync-api.txt. Every deviation is a switch of its own; `conforming` has them all off. */
export type ServerBehaviour = {
  /** How long after its work a message shows in the history. */
  historyLagMs: number;
  conversationIds: "documented" | "digits" | "opaque" | "lower";
  /** How the history of a conversation that it does not know is answered. */
  unknownConversation: "own404" | "framework404" | "html404" | "empty";
  historyMetadata: "kept" | "absent" | "null" | "empty" | "text";
  /** How long a message shows in the history before its metadata does. */
  metadataLagMs: number;
  /** References made of digits come back as numbers, ids are numbers. */
  numbers: boolean;
  /** How the recipient comes back in an answer. */
  answerTo: "kept" | "digits" | "absent";
  answerMetadata: "kept" | "absent";
  /** The most messages it puts on a page, whatever was asked for. */
  maxPage: number;
  /** A greater limit is refused with an own 400; `null`: one over 100 (docs/contract.md, "Conversation history"). */
  refuseLimitOver: number | null;
  times: "utc" | "zoneless" | "micros" | "zoneless micros" | "offset";
  /** Messages of the customer before the run. */
  olderMessages: number;
  /** Messages of the customer in the very millisecond of each send. */
  inSameMillisecond: number;
  /** Messages of the customer a minute, as time passes. */
  perMinute: number;
  clockSkewMs: number;
  extensions: boolean;
  /** Whether a 201 names the conversation. */
  answerNamesConversation: boolean;
};

export const conforming: ServerBehaviour = {
  historyLagMs: 0,
  conversationIds: "documented",
  unknownConversation: "own404",
  historyMetadata: "kept",
  metadataLagMs: 0,
  numbers: false,
  answerTo: "kept",
  answerMetadata: "kept",
  maxPage: 100,
  refuseLimitOver: null,
  times: "utc",
  olderMessages: 0,
  inSameMillisecond: 0,
  perMinute: 0,
  clockSkewMs: 0,
  extensions: false,
  answerNamesConversation: true,
};
