/** Messages that an assistant proposes: decided on once, and sent once, whoever approves them and whatever fails. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { SendLedger } from "../../src/client/index.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { approveProposal, declineProposal } from "../../src/proposals/approve.ts";
import { toPublicProposal } from "../../src/proposals/proposal.ts";
import { createProposals, proposalLifetimeMs } from "../../src/proposals/proposals.ts";
import { type ApprovalWorld, createApprovalWorld, hello } from "../../testing/approvals.ts";

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-proposals-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sara = { by: "Sara", in: "page" } as const;

async function propose({ proposals, onsync }: ApprovalWorld, input: Record<string, unknown> = hello) {
  const message = {
    org: "org",
    sendScope: onsync.ledgerScope,
    operation: "send_message",
    input,
    proposedBy: "an assistant",
  };
  const { status, isNew } = await proposals.propose(message, async () => {});
  return { id: status.proposal.id, state: status.state, isNew };
}

function approve({ proposals, onsync, now }: ApprovalWorld, id: string, edit = {}, by = "Sara") {
  return approveProposal(proposals, onsync, id, { ...sara, by, edit, now });
}

describe.each<[string, () => SendLedger | undefined]>([
  ["in memory", () => undefined],
  ["in a file", () => openSqliteLedger({ file: join(folder, `sends-${++files}.db`) })],
])("a proposal %s", (_engine, open) => {
  test("waits, sends nothing, and is the same one when it is proposed again", async () => {
    await using world = await createApprovalWorld(open());
    const first = await propose(world);
    expect(first).toMatchObject({ state: "proposed", isNew: true });
    expect(await propose(world, { ...hello })).toEqual({ ...first, isNew: false });
    expect(await propose(world, { ...hello, content: "Another text." })).toMatchObject({ isNew: true });
    expect(await world.proposals.list()).toHaveLength(2);
    expect(world.sent).toEqual([]);
  });

  test("is one where several processes propose it at once", async () => {
    await using world = await createApprovalWorld(open());
    const all = await Promise.all([1, 2, 3, 4].map(() => propose(world)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await world.proposals.list()).toHaveLength(1);
  });

  test("is sent once where it is approved by several at once, and says by whom", async () => {
    await using world = await createApprovalWorld(open());
    const { id } = await propose(world);
    const results = await Promise.all(["Sara", "Omar", "Lena"].map((by) => approve(world, id, {}, by)));
    expect(results.map((result) => result?.status.state)).toContain("sent");
    expect(world.sent).toHaveLength(1);
    expect(world.sent[0]).toMatchObject({ content: hello.content, metadata: { clientReference: id } });
    const [status] = await world.proposals.list();
    expect(status).toMatchObject({ state: "sent", decision: { approved: true, edited: false, in: "page" } });
  });

  test("is sent as a person edited it, and the record keeps both", async () => {
    await using world = await createApprovalWorld(open());
    const { id } = await propose(world);
    const result = await approve(world, id, { content: "Your table is booked for nine." });
    expect(world.sent.map(({ content }) => content)).toEqual(["Your table is booked for nine."]);
    expect(result && toPublicProposal(result.status)).toMatchObject({
      state: "sent",
      input: { content: "Your table is booked for nine." },
      proposed: { content: hello.content },
      decision: { approved: true, by: "Sara", edited: true },
    });
  });

  test("is sent as the first who approved it saw it, whoever edits it at the same time", async () => {
    await using world = await createApprovalWorld(open());
    const { id } = await propose(world);
    await Promise.all([approve(world, id, { content: "One." }), approve(world, id, { content: "Two." })]);
    await approve(world, id, { content: "Three." });
    expect(world.sent).toHaveLength(1);
    const { decision } = (await world.proposals.find(id)) ?? {};
    expect(decision).toMatchObject({ input: { content: world.sent[0]?.content } });
  });

  test("that was declined is never sent, and keeps the reason", async () => {
    await using world = await createApprovalWorld(open());
    const { id } = await propose(world);
    await declineProposal(world.proposals, id, { ...sara, reason: "Too late", now: world.now });
    const result = await approve(world, id);
    expect(result?.problem).toMatch(/declined before, by Sara/);
    expect(result?.status).toMatchObject({ state: "declined", reason: "Too late" });
    expect(world.sent).toEqual([]);
  });

  test("that was sent cannot be declined", async () => {
    await using world = await createApprovalWorld(open());
    const { id } = await propose(world);
    await approve(world, id);
    const result = await declineProposal(world.proposals, id, { ...sara, now: world.now });
    expect(result?.problem).toMatch(/^It is sent already/);
  });

  test("whose answer is lost is found in the history, and not sent again", async () => {
    await using world = await createApprovalWorld(open());
    const { id } = await propose(world);
    world.faults.push("lost");
    expect((await approve(world, id))?.status.state).toBe("sent");
    expect((await approve(world, id))?.status.state).toBe("sent");
    expect(world.sent).toHaveLength(1);
  });
});

describe("a proposal", () => {
  test("expires after a day, and is not sent by an approval that comes later", async () => {
    await using world = await createApprovalWorld();
    const { id } = await propose(world);
    world.pass(proposalLifetimeMs);
    const result = await approve(world, id);
    expect(result).toMatchObject({ problem: "It has expired: nothing was sent.", status: { state: "expired" } });
    world.pass(60_000);
    expect(await propose(world)).toMatchObject({ state: "proposed", isNew: true });
    expect(world.sent).toEqual([]);
  });

  test("that was decided in its last minute answers whoever proposes it for another day", async () => {
    await using world = await createApprovalWorld();
    const { id } = await propose(world);
    world.pass(proposalLifetimeMs - 1000);
    await approve(world, id);
    world.pass(proposalLifetimeMs - 1000);
    expect(await propose(world)).toEqual({ id, state: "sent", isNew: false });
  });

  test("that could not be sent says why, and nothing was sent", async () => {
    await using world = await createApprovalWorld();
    const { id } = await propose(world, { ...hello, platform: "whatsapp", to: "+971500000099" });
    const result = await approve(world, id);
    expect(result).toMatchObject({ status: { state: "not_sent" }, problem: expect.stringMatching(/template/) });
    expect(world.sent).toEqual([]);
  });

  test("whose approver stopped before the send reads as never begun, and is sent by the next approval", async () => {
    await using world = await createApprovalWorld();
    const { id } = await propose(world);
    const at = new Date(world.now()).toISOString();
    await world.proposals.decide(id, { approved: true, input: hello, edited: false, ...sara, at });
    expect((await world.proposals.find(id))?.state).toBe("claimed");
    world.pass(60_000);
    expect((await world.proposals.find(id))?.state).toBe("not_sent");
    expect((await approve(world, id, {}, "Omar"))?.status).toMatchObject({ state: "sent", decision: { by: "Sara" } });
    expect(world.sent).toHaveLength(1);
  });

  test("whose proposer stopped halfway is completed by whoever proposes it next", async () => {
    await using world = await createApprovalWorld();
    const { ledger } = world;
    const stopping: SendLedger = {
      ...ledger,
      setNote: async (name, ...rest) => {
        if (name.startsWith("proposal ")) throw new Error("the process stopped");
        return ledger.setNote(name, ...rest);
      },
    };
    const halfway = { ...world, proposals: createProposals(stopping, world.now) };
    await expect(propose(halfway)).rejects.toThrow("the process stopped");
    const next = await propose(world);
    expect(next).toMatchObject({ state: "proposed" });
    expect(await propose(world)).toMatchObject({ id: next.id, isNew: false });
  });

  test("of another account is not sent with this one's key", async () => {
    await using world = await createApprovalWorld();
    const message = {
      org: "org",
      sendScope: "https://other",
      operation: "send_message",
      input: hello,
      proposedBy: null,
    };
    const { status } = await world.proposals.propose(message, async () => {});
    expect((await approve(world, status.proposal.id))?.problem).toMatch(/another account/);
    expect(world.sent).toEqual([]);
  });

  test("edited to a text that cannot be sent stays undecided", async () => {
    await using world = await createApprovalWorld();
    const { id } = await propose(world);
    await expect(approve(world, id, { content: "" })).rejects.toMatchObject({ name: "ValidationError" });
    expect((await world.proposals.find(id))?.state).toBe("proposed");
  });
});
