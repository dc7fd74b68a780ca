/** `send: "person"`, as a model sees it: a call proposes, the same call again tells what became of it, and none sends. */
import { describe, expect, test } from "@jest/globals";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { approveProposal, declineProposal } from "../../../src/proposals/approve.ts";
import { createApprovalWorld, hello } from "../../../testing/approvals.ts";
import { connect } from "../session.ts";

const url = "http://127.0.0.1:4025/approvals";

type Answer = { action: "accept" | "decline" | "cancel"; content?: { send: boolean } };

async function start({ safety = {}, answer }: { safety?: SafetySettings; answer?: Answer } = {}) {
  const world = await createApprovalWorld();
  const asked: string[] = [];
  const { onsync, ledger, now } = world;
  const options = {
    ...{ onsync, ledger, now, safety: { send: "person", ...safety } as const },
    approvals: { token: "operator-token-of-a-test", getUrl: () => url },
  };
  const session = await connect(options, answer ? { elicitation: {} } : {}, (client) => {
    if (!answer) return;
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return answer;
    });
  });
  const dispose = async () => {
    await session.client.close();
    await world[Symbol.asyncDispose]();
  };
  const sara = { by: "Sara", in: "page", now } as const;
  const approve = (id: string, edit = {}) => approveProposal(world.proposals, onsync, id, { ...sara, edit });
  const decline = (id: string, reason?: string) => declineProposal(world.proposals, id, { ...sara, reason });
  return { ...world, session, asked, approve, decline, [Symbol.asyncDispose]: dispose };
}

describe("where only a person sends", () => {
  test("a call proposes the message: it names the proposal, the page and how long it waits, and nothing is sent", async () => {
    await using world = await start();
    const { data, text, isError } = await world.session.call("send_message", hello);
    expect(isError).toBe(false);
    expect(data).toEqual({
      sent: false,
      state: "proposed",
      proposalId: expect.stringMatching(/^proposal_\w+$/),
      preview: hello,
      expiresAt: "2025-03-02T09:00:00.000Z",
      approvalUrl: `${url}/${data.proposalId}`,
    });
    expect(text).toContain(`${url}/${data.proposalId}`);
    expect(text).toMatch(/^Nothing is sent yet/);
    expect(world.sent).toEqual([]);
  });

  test("the same call again tells what became of it, and makes no second proposal", async () => {
    await using world = await start();
    const call = () => world.session.call("send_message", hello);
    const { proposalId } = (await call()).data;
    expect((await call()).data).toMatchObject({ proposalId, state: "proposed" });
    await world.approve(proposalId);
    const { data, text } = await call();
    expect(data).toMatchObject({ sent: true, state: "sent", proposalId, messageId: expect.stringMatching(/^msg_/) });
    expect(text).toMatch(/^Sent: a person approved/);
    expect(world.sent).toHaveLength(1);
  });

  test("it is told what the person changed, and why they declined", async () => {
    await using world = await start();
    const one = await world.session.call("send_message", hello);
    await world.approve(one.data.proposalId, { content: "Booked for nine." });
    expect((await world.session.call("send_message", hello)).data).toMatchObject({
      edited: true,
      preview: { content: "Booked for nine." },
    });
    const other = { ...hello, content: "Pay here." };
    const two = await world.session.call("send_message", other);
    await world.decline(two.data.proposalId, "We never ask for money.");
    const told = await world.session.call("send_message", other);
    expect(told.data).toMatchObject({ sent: false, state: "declined", reason: "We never ask for money." });
    expect(told.text).toMatch(/Do not propose it again unchanged/);
  });

  test("the arguments of a confirmation are none of its, and change nothing", async () => {
    await using world = await start();
    for (const more of [{ confirmToken: "x" }, { approve: true }, { token: "operator-token-of-a-test" }]) {
      expect((await world.session.call("send_message", { ...hello, ...more })).isError).toBe(true);
    }
    expect(await world.proposals.list()).toEqual([]);
  });

  test("a reference of the model's own is not the message's, which has the proposal's", async () => {
    await using world = await start();
    const call = { ...hello, metadata: { clientReference: "order-1", order: "1" } };
    const { proposalId } = (await world.session.call("send_message", call)).data;
    await world.approve(proposalId);
    expect(world.sent[0]?.metadata).toEqual({ order: "1", clientReference: proposalId });
  });

  test("what it lists asks hosts for a person at each call, and says that it only proposes", async () => {
    await using world = await start();
    const tool = world.session.tools.find(({ name }) => name === "send_message");
    expect(tool?._meta).toMatchObject({ "anthropic/requiresUserInteraction": true });
    expect(tool?.description).toMatch(/only proposes/);
  });

  test("caps count proposals, and the same one again counts once", async () => {
    await using world = await start({ safety: { caps: { perMinute: 1 } } });
    const call = (content: string) => world.session.call("send_message", { ...hello, content });
    await call("One.");
    expect((await call("One.")).isError).toBe(false);
    expect((await call("Two.")).error?.code).toBe("cap_reached");
    expect(await world.proposals.list()).toHaveLength(1);
  });

  test("a recipient that is not allowed is not proposed", async () => {
    await using world = await start({ safety: { allowRecipients: ["+9715*"] } });
    expect((await world.session.call("send_message", hello)).error?.code).toBe("recipient_not_allowed");
    expect(await world.proposals.list()).toEqual([]);
  });

  test("it needs a ledger that lasts", async () => {
    await using world = await createApprovalWorld();
    await expect(connect({ onsync: world.onsync, safety: { send: "person" } })).rejects.toThrow(
      "needs a ledger that lasts",
    );
  });
});

describe("a host that can ask the person where only a person sends", () => {
  test.each<[string, Answer, string, number]>([
    ["yes", { action: "accept", content: { send: true } }, "sent", 1],
    ["no", { action: "accept", content: { send: false } }, "declined", 0],
    ["a refusal", { action: "decline" }, "declined", 0],
    ["nothing", { action: "cancel" }, "proposed", 0],
  ])("shows the whole message, and %s decides", async (_what, answer, state, sends) => {
    await using world = await start({ answer });
    const content = `${"a".repeat(4000)}\u200b\u{e0041} the end`;
    const { data } = await world.session.call("send_message", { ...hello, content });
    expect(data.state).toBe(state);
    expect(world.sent).toHaveLength(sends);
    expect(world.asked[0]).toContain(`${"a".repeat(4000)}[U+200B][U+E0041] the end`);
    if (sends > 0) expect(world.sent[0]?.content).toBe(content);
  });

  test("is not asked where its approvals do not count", async () => {
    const yes: Answer = { action: "accept", content: { send: true } };
    await using world = await start({ answer: yes, safety: { hostApprovals: false } });
    expect((await world.session.call("send_message", hello)).data.state).toBe("proposed");
    expect([world.asked, world.sent]).toEqual([[], []]);
  });
});
