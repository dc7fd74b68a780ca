import { describe, expect, test } from "@jest/globals";
import type { Evidence } from "../../../testing/soak/evidence.ts";
import { judgeSoak } from "../../../testing/soak/judge/index.ts";
import { createEvidence, job, message, request } from "./evidence.ts";

const minute = 60_000;

/** What the one process holds, by the second of its life. */
function holding(read: (second: number) => object): (whole: Evidence) => void {
  return ({ lives }) => {
    for (const [second, sample] of (lives[0]?.samples ?? []).entries()) Object.assign(sample, read(second));
  };
}

/** Evidence of which one thing is otherwise. */
function changed(change: (whole: Evidence) => void): Evidence {
  const whole = createEvidence();
  change(whole);
  return whole;
}

const [told, at] = [
  (outcome: "not_sent" | "unknown", when: number) => ({ at: when, outcome, messageId: null, why: "why" }),
  5_000,
];

describe("the judge of the soak", () => {
  test("finds nothing where all is well", () => {
    expect(judgeSoak(createEvidence())).toEqual([]);
  });

  test("takes an unknown outcome for an end while its grace lasts, of a message that is not there", () => {
    const open = changed((whole) =>
      whole.jobs.push(job({ reference: "zap_9", content: "Nine", told: [told("unknown", 400_000)] })),
    );
    expect(judgeSoak(open)).toEqual([]);
  });

  test.each<[string, (whole: Evidence) => void, string]>([
    [
      "a message that is there twice",
      ({ stored }) => stored.messages.push(message("msg_3", "One")),
      "sent twice: zap_1 to telegram:48291",
    ],
    [
      "a reference that was taken twice on the wire",
      ({ wire }) => wire.push(request({ at: 9_000 })),
      "went over the wire and was taken",
    ],
    [
      "a message to another",
      ({ stored }) => Object.assign(stored.messages[0] as object, { recipient: "5" }),
      "sent to another: zap_1",
    ],
    ["a message that is lost", ({ stored }) => stored.messages.shift(), "lost: zap_1"],
    [
      "one that nobody asked for",
      ({ stored }) => stored.messages.push(message("msg_8", "Buy!")),
      "made up: nobody asked for msg_8",
    ],
    [
      "one that was never answered for",
      ({ jobs }) => jobs.push(job({ reference: "zap_9", content: "Nine", told: [] })),
      "no known end: zap_9",
    ],
    [
      "an untrue end",
      ({ jobs }) => Object.assign(jobs[0] as object, { told: [told("not_sent", at)] }),
      "untrue: zap_1",
    ],
    [
      "an end that stays unknown though it is there",
      ({ jobs }) => Object.assign(jobs[0] as object, { told: [told("unknown", at)] }),
      "was last said to be unknown",
    ],
    [
      "an end that stays unknown for longer than its grace",
      ({ jobs }) => jobs.push(job({ reference: "zap_9", content: "Nine", told: [told("unknown", at)] })),
      "no known end: zap_9",
    ],
    [
      "a proposal that nobody approved",
      ({ proposals }) => proposals[0]?.decisions.pop(),
      "approval bypassed: proposal_2",
    ],
    [
      "a text other than what was approved",
      ({ proposals }) => Object.assign(proposals[0]?.decisions[0] as object, { content: "Three" }),
      "approval bypassed: proposal_2",
    ],
    [
      "one that was sent before it was approved",
      ({ proposals }) => Object.assign(proposals[0]?.decisions[0] as object, { at: 3_000 }),
      "before it was approved",
    ],
    [
      "one that was declined, and sent",
      ({ proposals }) => Object.assign(proposals[0]?.decisions[0] as object, { approves: false }),
      "approval bypassed: proposal_2",
    ],
    [
      "a proposal that is sent and said not to be",
      ({ proposals }) => Object.assign(proposals[0] as object, { state: "unknown" }),
      "was last said to be unknown",
    ],
    ["a proposal that was said to be sent and is not", ({ stored }) => stored.messages.pop(), "lost: proposal_2"],
    ["an event that was never handed on", ({ handedOn }) => handedOn.pop(), "event lost: evt_2"],
    ["events in another order", ({ handedOn }) => handedOn.reverse(), "events: a:"],
    [
      "a wrong signature",
      ({ handedOn }) => Object.assign(handedOn[0] as object, { genuine: false }),
      "event unsigned: evt_1",
    ],
    ["a row that is no contact", ({ stored }) => stored.contacts.pop(), "crm_1 is no contact"],
    [
      "a row that is two",
      ({ stored }) =>
        stored.contacts.push({
          ...(stored.contacts[0] as never as Evidence["stored"]["contacts"][number]),
          id: "contact_9",
          isExported: false,
        }),
      "is 2 contacts",
    ],
    [
      "a row with another name",
      ({ stored }) => Object.assign(stored.contacts[0] as object, { firstName: "Omar" }),
      'firstName of crm_1 is "Omar"',
    ],
    [
      "a refused row that is not reported",
      ({ imports }) => Object.assign(imports[0]?.done as object, { refusedLines: [] }),
      "the lines 3 must be",
    ],
    [
      "an import without an end",
      ({ imports }) => Object.assign(imports[0] as object, { done: null }),
      "did not come to its end",
    ],
    [
      "a message that was not exported",
      ({ exported }) => exported.messages.pop(),
      "the message msg_2 is not in the export",
    ],
    [
      "a status that is old in the export",
      ({ exported }) => Object.assign(exported.messages[0] as object, { status: "sent" }),
      "is sent in the export, and read in OnSync",
    ],
    [
      "an exported row that OnSync has not",
      ({ exported }) => exported.contacts.push({ id: "contact_7" }),
      "contact_7 is not in OnSync",
    ],
    [
      "what an upgrade lost",
      ({ stored }) => Object.assign(stored, { keptIds: ["msg_0"] }),
      "lost in the upgrade: msg_0",
    ],
    [
      "a wait that was shortened",
      ({ wire }) =>
        wire.push(
          request({ at: 20_000, status: null, answeredAt: 20_001, retryAfterMs: 2_000 }),
          request({ at: 21_000, status: null }),
        ),
      "wait shortened: sender 1 asked for zap_1 again after 999 ms",
    ],
    [
      "a budget that was exceeded",
      ({ wire }) =>
        wire.push(
          ...[1, 2, 3].map((n) => request({ slot: "thrifty export", at: n * minute, method: "GET", identity: null })),
        ),
      "budget exceeded: thrifty export made its request 3",
    ],
    [
      "a process that ended by itself",
      ({ deaths }) => deaths.push({ slot: "receiver 1", at, how: "it ended with 1", said: "error" }),
      "ended: receiver 1, 5.0 s after the start",
    ],
    ["handles that grow", holding((n) => ({ handles: 30 + n / 4 })), "handles at most in the first half"],
    ["sockets that grow", holding((n) => ({ sockets: n / 4 })), "sockets at most in the first half"],
    ["memory that grows", holding((n) => ({ rssBytes: (150 + n / 4) * 2 ** 20 })), "MiB of memory"],
  ])("finds %s", (_what, change, sentence) => {
    expect(judgeSoak(changed(change))).toContainEqual(expect.stringContaining(sentence));
  });
});
