/**
 * What is known after a soak: what people and programs asked for, what they were told, what went over the wire, and what the
 * files have. Plain data, written down outside the product; the judge works with nothing else.
 */

/** Milliseconds of the soak's own monotonic clock. */
export type At = number;

/** A process of the product, from its start to its end. */
export type Life = {
  slot: string;
  number: number;
  startedAt: At;
  /** `null`: it was there until the soak stopped it. */
  endedAt: At | null;
  samples: Sample[];
};

/** What a process holds. */
export type Sample = { at: At; rssBytes: number; handles: number; sockets: number };

/** A process that ended though nobody had ended it, or ended otherwise than it should. */
export type Death = { slot: string; at: At; how: string; said: string };

/** A request that a client made to the API, as the proxy between saw it. */
export type WireRequest = {
  slot: string;
  at: At;
  method: string;
  path: string;
  /** What tells a repetition: the reference of a send, the external id of a contact; `null`: nothing does. */
  identity: string | null;
  content: string | null;
  /** When the API had it; `null`: it never had. */
  forwardedAt: At | null;
  /** What the API answered; `null`: nothing, or nothing was asked. */
  status: number | null;
  /** When the client had its answer, or was cut off. */
  answeredAt: At | null;
  /** The wait that the client was asked for by a 429. */
  retryAfterMs: number | null;
};

/** What somebody was told of a send. */
export type Told = { at: At; outcome: "sent" | "not_sent" | "unknown"; messageId: string | null; why: string };

/** A message that a Zap wants to be sent, under a reference of its own. */
export type Job = {
  reference: string;
  platform: string;
  to: string;
  content: string;
  /** When it was first asked for. */
  askedAt: At;
  told: Told[];
};

/** What a person did about a proposal. `content`: as approved. */
export type Decision = { at: At; approves: boolean; content: string };

/** A message that an assistant proposed. */
export type Proposed = {
  id: string | null;
  platform: string;
  to: string;
  content: string;
  proposedAt: At;
  decisions: Decision[];
  /** What the assistant was told last; `null`: it never was. */
  state: string | null;
  messageId: string | null;
};

/** As the data file has it. Times are of the API's clock. */
export type StoredMessage = {
  id: string;
  conversationId: string;
  platform: string;
  address: string;
  direction: string;
  recipient: string | null;
  status: string | null;
  content: string | null;
  reference: string | null;
  source: string | null;
};

export type StoredContact = {
  id: string;
  /** Of the org that is exported, and not of the one that has contacts alone. */
  isExported: boolean;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  externalId: string | null;
  tags: readonly string[];
};

/** The API's data file, read with SQL. */
export type Stored = {
  messages: StoredMessage[];
  contacts: StoredContact[];
  conversations: { id: string }[];
  /** Events that are delivered to the soak's endpoint. */
  events: { id: string; status: string }[];
  /** Rows that the file of the previous schema had. */
  keptIds: readonly string[];
};

/** An event that the API delivered, as the gate before the receivers saw it. */
export type SentEvent = { id: string; key: string; startedAt: At; acknowledgedAt: At | null };

/** A hand-on, as the server behind the receivers saw it, in the order of arrival. */
export type HandedOn = { id: string; key: string; sequence: number; accepted: boolean; genuine: boolean };

/** A file of contacts that was imported. */
export type ImportFile = {
  org: string;
  /** By external id, what the contact must be. */
  expected: Map<string, { phone: string; firstName: string; lastName: string; tags: readonly string[] }>;
  /** Lines that must be refused. */
  refusedLines: number[];
  rows: number;
  /** What the command said last; `null`: it never came to its end. */
  done: { rows: number; refused: number; open: number; refusedLines: number[] } | null;
};

export type Exported = { messages: Row[]; contacts: Row[]; conversations: Row[] };
export type Row = Readonly<Record<string, unknown>> & { id: string };

export type Evidence = {
  startedAt: At;
  /** From then on nothing was disturbed any more. */
  calmAt: At;
  endedAt: At;
  lives: Life[];
  deaths: Death[];
  wire: WireRequest[];
  jobs: Job[];
  proposals: Proposed[];
  stored: Stored;
  sentEvents: SentEvent[];
  handedOn: HandedOn[];
  imports: ImportFile[];
  exported: Exported;
  /** The slot that has a share of the hour so small that it binds, and its requests an hour. */
  thrifty: { slot: string; hourly: number };
};
