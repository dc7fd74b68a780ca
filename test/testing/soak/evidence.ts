/** What is known after a soak of ten minutes in which all is well, for tests of its judge. */
import type { Evidence, Job, Proposed, StoredMessage, WireRequest } from "../../../testing/soak/evidence.ts";

const to = "48291";

export function message(id: string, content: string, more: Partial<StoredMessage> = {}): StoredMessage {
  return {
    ...{ id, content, conversationId: `telegram:${to}`, platform: "telegram", address: to, direction: "outbound" },
    ...{ recipient: to, status: "read", reference: id.replace("msg", "zap"), source: null, ...more },
  };
}

export function request(more: Partial<WireRequest>): WireRequest {
  return {
    ...{ slot: "sender 1", at: 1_000, method: "POST", path: "/v1/messaging/send", identity: "zap_1", content: "One" },
    ...{ forwardedAt: 1_001, status: 201, answeredAt: 1_010, retryAfterMs: null, ...more },
  };
}

export function job(more: Partial<Job> = {}): Job {
  const told: Job["told"] = [{ at: 1_020, outcome: "sent", messageId: "msg_1", why: "" }];
  return { reference: "zap_1", platform: "telegram", to, content: "One", askedAt: 900, told, ...more };
}

function proposed(more: Partial<Proposed> = {}): Proposed {
  return {
    ...{
      id: "proposal_2",
      platform: "telegram",
      to,
      content: "Two",
      proposedAt: 1_500,
      state: "sent",
      messageId: "msg_2",
    },
    ...{ decisions: [{ at: 2_000, approves: true, content: "Two" }], ...more },
  };
}

export function createEvidence(): Evidence {
  const samples = Array.from({ length: 600 }, (_, second) => ({
    at: second * 1_000,
    rssBytes: 150 * 2 ** 20,
    handles: 30,
    sockets: 9,
  }));
  const row = { id: "msg_1", content: "One", conversationId: `telegram:${to}`, direction: "outbound", status: "read" };
  const contact = { id: "contact_1", phone: "+1", firstName: "Sara", lastName: "A", tags: ["vip"] };
  return {
    ...{ startedAt: 0, calmAt: 590_000, endedAt: 600_000, deaths: [] },
    lives: [{ slot: "sender 1", number: 0, startedAt: 0, endedAt: null, samples }],
    wire: [
      request({}),
      request({ at: 2_100, forwardedAt: 2_101, identity: "proposal_2", content: "Two", slot: "MCP server 1" }),
    ],
    jobs: [job()],
    proposals: [proposed()],
    stored: {
      messages: [message("msg_1", "One"), message("msg_2", "Two", { reference: "proposal_2" })],
      contacts: [{ ...contact, externalId: "crm_1", isExported: true }],
      conversations: [{ id: `telegram:${to}` }],
      events: [
        { id: "evt_1", status: "delivered" },
        { id: "evt_2", status: "delivered" },
      ],
      keptIds: ["msg_1"],
    },
    sentEvents: [
      { id: "evt_1", key: "a", startedAt: 10, acknowledgedAt: 20 },
      { id: "evt_2", key: "a", startedAt: 30, acknowledgedAt: 40 },
    ],
    handedOn: [
      { id: "evt_1", key: "a", sequence: 1, accepted: true, genuine: true },
      { id: "evt_2", key: "a", sequence: 2, accepted: true, genuine: true },
    ],
    imports: [
      {
        ...{ org: "main", refusedLines: [3], rows: 2, done: { rows: 2, refused: 1, open: 0, refusedLines: [3] } },
        expected: new Map([["crm_1", { phone: "+1", firstName: "Sara", lastName: "A", tags: ["vip"] }]]),
      },
    ],
    exported: {
      messages: [row, { ...row, id: "msg_2", content: "Two" }],
      contacts: [contact],
      conversations: [{ id: `telegram:${to}` }],
    },
    thrifty: { slot: "thrifty export", hourly: 2 },
  };
}
