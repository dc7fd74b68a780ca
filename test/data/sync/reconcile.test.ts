/** What is done with a field, for every way in which both sides can stand to what they last agreed on. */
import { expect, test } from "@jest/globals";
import type { Owner } from "../../../src/data/index.ts";
import { decide } from "../../../src/data/sync/reconcile.ts";

const base = { crm: "old", inbox: "old" };

test.each<[string, string, typeof base | null, Record<Owner, string>]>([
  ["both have the same", "new", base, { crm: "settle", inbox: "settle", either: "settle" }],
  ["neither was changed", "old", base, { crm: "settle", inbox: "settle", either: "settle" }],
])("%s: nothing is written", (_what, value, agreed, expected) => {
  for (const [owner, decision] of Object.entries(expected))
    expect(decide(owner as Owner, { crm: value, inbox: value, base: agreed })).toBe(decision);
});

test.each<[string, { crm: string; inbox: string; base: typeof base | null }, Record<Owner, string>]>([
  ["the CRM changed it", { crm: "new", inbox: "old", base }, { crm: "toInbox", inbox: "toCrm", either: "toInbox" }],
  ["the CRM emptied it", { crm: "", inbox: "old", base }, { crm: "toInbox", inbox: "toCrm", either: "toInbox" }],
  ["the inbox changed it", { crm: "old", inbox: "new", base }, { crm: "toInbox", inbox: "toCrm", either: "toCrm" }],
  ["both changed it", { crm: "a", inbox: "b", base }, { crm: "toInbox", inbox: "toCrm", either: "conflict" }],
  [
    "they meet and differ",
    { crm: "a", inbox: "b", base: null },
    { crm: "toInbox", inbox: "toCrm", either: "conflict" },
  ],
  [
    "they meet, the CRM is empty",
    { crm: "", inbox: "b", base: null },
    { crm: "toCrm", inbox: "toCrm", either: "toCrm" },
  ],
  [
    "they meet, the inbox is empty",
    { crm: "a", inbox: "", base: null },
    { crm: "toInbox", inbox: "toInbox", either: "toInbox" },
  ],
  [
    "each has its own form of what was agreed on",
    { crm: "a", inbox: "b", base: { crm: "a", inbox: "b" } },
    { crm: "leave", inbox: "leave", either: "leave" },
  ],
])("%s: the owner's counts, and nobody's is a conflict where both changed", (_what, sides, expected) => {
  for (const [owner, decision] of Object.entries(expected)) expect(decide(owner as Owner, sides)).toBe(decision);
});
